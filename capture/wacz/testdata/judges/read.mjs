// Reads a WARC file with warcio and prints one line of JSON for each record.
import fs from 'node:fs'
import { createHash } from 'node:crypto'
import { WARCParser } from 'warcio'

for await (const record of new WARCParser(fs.createReadStream(process.argv[2]))) {
	const payload = await record.readFully(false)
	console.log(JSON.stringify({
		type: record.warcType, uri: record.warcTargetURI, status: record.httpHeaders?.statusCode,
		size: payload.length, sha256: 'sha256:' + createHash('sha256').update(payload).digest('hex'),
		told: record.warcPayloadDigest,
	}))
}
