// Judges evidence records with Bouncy Castle (org.bouncycastle.tsp.ers):
//   java -cp bcprov.jar:bcutil.jar:bcpkix.jar Judge.java ROOT.pem RECORD.ers,RECORD.ers... FILE...
// It prints a line for each record: "RECORD: holds: ..." or "RECORD: does not hold: why".

import java.io.File;
import java.io.FileInputStream;
import java.nio.file.Files;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;

import org.bouncycastle.asn1.tsp.ArchiveTimeStamp;
import org.bouncycastle.asn1.tsp.ArchiveTimeStampChain;
import org.bouncycastle.asn1.tsp.EvidenceRecord;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.SignerInformationVerifier;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TimeStampToken;
import org.bouncycastle.tsp.ers.ERSArchiveTimeStamp;
import org.bouncycastle.tsp.ers.ERSByteData;
import org.bouncycastle.tsp.ers.ERSData;
import org.bouncycastle.tsp.ers.ERSDataGroup;
import org.bouncycastle.tsp.ers.ERSEvidenceRecord;
import org.bouncycastle.tsp.ers.ERSFileData;

public class Judge {
    public static void main(String[] args) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        List<X509Certificate> roots = new ArrayList<>();
        try (FileInputStream in = new FileInputStream(args[0])) {
            CertificateFactory.getInstance("X.509").generateCertificates(in).forEach(c -> roots.add((X509Certificate) c));
        }
        List<ERSData> files = new ArrayList<>();
        for (String name : Arrays.copyOfRange(args, 2, args.length)) {
            files.add(new ERSFileData(new File(name)));
        }
        for (String name : args[1].split(",")) {
            try {
                System.out.println(name + ": holds: " + judge(Files.readAllBytes(new File(name).toPath()), roots, files));
            } catch (Exception e) {
                System.out.println(name + ": does not hold: " + e);
            }
        }
    }

    static String judge(byte[] der, List<X509Certificate> roots, List<ERSData> files) throws Exception {
        DigestCalculatorProvider digests = new JcaDigestCalculatorProviderBuilder().setProvider("BC").build();
        ERSEvidenceRecord record = new ERSEvidenceRecord(der, digests);
        if (!Arrays.equals(record.getEncoded(), der)) {
            throw new Exception("Bouncy Castle writes other bytes");
        }
        // The group is in the last chain's tree, with all chains before it; so is each file by itself.
        Date now = new Date(System.currentTimeMillis() + 60000);
        record.validatePresent(new ERSDataGroup(files), now);
        for (ERSData f : files) {
            record.validatePresent(f, now);
        }
        boolean refused = false;
        try {
            record.validatePresent(new ERSByteData("something else".getBytes("UTF-8")), now);
        } catch (Exception e) {
            refused = true;
        }
        if (!refused) {
            throw new Exception("what is not in the record is found in it");
        }

        int chains = 0, stamps = 0;
        for (ArchiveTimeStampChain chain : EvidenceRecord.getInstance(der).getArchiveTimeStampSequence().getArchiveTimeStampChains()) {
            chains++;
            byte[] last = null;
            for (ArchiveTimeStamp a : chain.getArchiveTimestamps()) {
                stamps++;
                ERSArchiveTimeStamp ats = new ERSArchiveTimeStamp(a, digests);
                if (last != null) { // a renewal: over the token before it
                    ats.validatePresent(new ERSByteData(last), now);
                }
                last = a.getTimeStamp().getEncoded("DER");
                TimeStampToken token = ats.getTimeStampToken();
                X509CertificateHolder signer = ats.getSigningCertificate();
                SignerInformationVerifier verifier = new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(signer);
                token.validate(verifier);
                X509Certificate cert = new JcaX509CertificateConverter().setProvider("BC").getCertificate(signer);
                boolean under = false;
                for (X509Certificate root : roots) {
                    try {
                        cert.verify(root.getPublicKey());
                        under = true;
                    } catch (Exception e) {
                        // another root
                    }
                }
                if (!under) {
                    throw new Exception("the signer is not under a root that was given");
                }
            }
        }
        // Its own walk over the last chain: each timestamp of it is in the last one.
        record.validate(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(record.getSigningCertificate()));
        return chains + " chains, " + stamps + " timestamps, " + files.size() + " files";
    }
}
