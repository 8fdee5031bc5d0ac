# Checks this bundle with the tools of Windows (PowerShell 5.1 or later) and, for
# the timestamps, with openssl if it is installed.
#
#   powershell -ExecutionPolicy Bypass -File verify\verify.ps1 [-Roots ROOT.pem,...]
#
# ROOT.pem is the root certificate of a timestamp authority. Get it from the
# authority itself, never from this bundle, and compare its fingerprint with the
# one printed in the report.
#
# Exit status: 0 all that was checked is good, and timestamps were checked;
# 1 something is wrong; 2 nothing is wrong, but timestamps, or a signature that
# is there, were not checked.

param([string[]]$Roots = @())

$Roots = @($Roots | ForEach-Object { $_ -split ',' } | Where-Object { $_ } | ForEach-Object { (Resolve-Path -LiteralPath $_ -ErrorAction Stop).Path })
$top = Split-Path -Parent $PSScriptRoot
$script:bad = $false
$script:unchecked = $false
$known = @{ 'tagmanifest-sha256.txt' = $true }

function Good([string]$text) { Write-Output "good       $text" }
function Wrong([string]$text) { Write-Output "WRONG      $text"; $script:bad = $true }

function Test-List([string]$algorithm, [string]$folder, [string]$list, [bool]$remember) {
    $base = Join-Path $top $folder
    $length = if ($algorithm -eq 'SHA512') { 128 } else { 64 }
    $ok = $true
    if (-not (Test-Path -LiteralPath (Join-Path $base $list))) { Wrong "$folder\$list is missing"; return }
    foreach ($line in [IO.File]::ReadAllLines((Join-Path $base $list))) {
        if ($line -cnotmatch "^[0-9a-f]{$length}  [A-Za-z0-9._/-]+`$" -or $line.Contains('..')) {
            Write-Output "           not a line of a list: $line"
            $ok = $false
            continue
        }
        $want = $line.Substring(0, $length)
        $name = $line.Substring($length + 2)
        if ($remember) { $known[$name] = $true }
        $path = Join-Path $base ($name -replace '/', '\')
        if (-not (Test-Path -LiteralPath $path -PathType Leaf)) {
            Write-Output "           missing: $name"
            $ok = $false
        } elseif ((Get-FileHash -Algorithm $algorithm -LiteralPath $path).Hash.ToLowerInvariant() -ne $want) {
            Write-Output "           changed: $name"
            $ok = $false
        }
    }
    if ($ok) { Good "all files are as $folder\$list says" } else { Wrong "files are not as $folder\$list says" }
}

if (Select-String -LiteralPath (Join-Path $top 'bag-info.txt') -Pattern '^Constat-Practice: true' -Quiet) {
    Write-Output 'PRACTICE - NOT EVIDENCE'
    Wrong 'this is a practice bundle'
}

Test-List 'SHA256' '.' 'tagmanifest-sha256.txt' $true
Test-List 'SHA256' '.' 'manifest-sha256.txt' $true
Test-List 'SHA512' '.' 'manifest-sha512.txt' $false
Test-List 'SHA256' 'data' 'evidence-sha256.txt' $false

$surplus = $false
foreach ($file in Get-ChildItem -LiteralPath $top -Recurse -Force | Where-Object { -not $_.PSIsContainer }) {
    $name = $file.FullName.Substring($top.Length).TrimStart('\', '/') -replace '\\', '/'
    if (-not $known.ContainsKey($name)) {
        Write-Output "           surplus: $name"
        $surplus = $true
    }
}
if ($surplus) { Wrong 'there are files that no list names' } else { Good 'there is no file that no list names' }

$openssl = Get-Command openssl -ErrorAction SilentlyContinue

function Test-Token([string]$token, [string]$over) {
    $script:tokens = $true
    if ($Roots.Count -eq 0) {
        Write-Output "NOT DONE   ${token}: no root certificate was given"
        $script:unchecked = $true
        return
    }
    if (-not $openssl) {
        Write-Output "NOT DONE   ${token}: openssl is not installed"
        $script:unchecked = $true
        return
    }
    foreach ($root in $Roots) {
        & openssl ts -verify -CAfile $root -data $over -in $token > $null 2> $null
        if ($LASTEXITCODE -eq 0) { Good $token; return }
    }
    Wrong "${token}: no root that was given confirms it"
}

$script:tokens = $false
$data = Join-Path $top 'data'
foreach ($t in Get-ChildItem -Path $data -Filter 'evidence-sha256.*.tsr') {
    Test-Token $t.FullName (Join-Path $data 'evidence-sha256.txt')
}
foreach ($t in Get-ChildItem -Path (Join-Path $data 'exhibits') -Recurse -Filter 'manifest.*.tsr') {
    $manifest = Join-Path $t.DirectoryName 'manifest.json'
    # A file of such a name that the manifest lists is evidence, not its timestamp.
    if (Select-String -LiteralPath $manifest -SimpleMatch -Pattern ('"name": "' + $t.Name + '"') -Quiet) { continue }
    Test-Token $t.FullName $manifest
}
foreach ($t in Get-ChildItem -Path (Join-Path $data 'exhibits') -Recurse -Filter 'renewal-*.*.tsr') {
    $manifest = Join-Path $t.DirectoryName 'manifest.json'
    if (Select-String -LiteralPath $manifest -SimpleMatch -Pattern ('"name": "' + $t.Name + '"') -Quiet) { continue }
    $over = Join-Path $t.DirectoryName ($t.Name.Split('.')[0] + '.txt')
    Test-Token $t.FullName $over
    # What the list names and is there has to be as the list says.
    foreach ($line in [IO.File]::ReadAllLines($over)) {
        if ($line -cnotmatch '^SHA256 \(([A-Za-z0-9._-]+)\) = ([0-9a-f]{64})$') { continue }
        $want = $Matches[2]
        $path = Join-Path $t.DirectoryName $Matches[1]
        if ((Test-Path -LiteralPath $path) -and (Get-FileHash -Algorithm SHA256 -LiteralPath $path).Hash.ToLowerInvariant() -ne $want) {
            Wrong "$path is not as $over says"
        }
    }
}
if (-not $script:tokens) { Write-Output 'NOT DONE   there is no timestamp in this bundle' }

# The head of the custody log, signed with the key of the vault.
$head = Join-Path $data 'custody-head.txt'
$signature = Join-Path $data 'custody-head.sig'
$key = Join-Path $data 'custody-key.pem'
if (-not (Test-Path -LiteralPath $signature)) {
    Write-Output 'NOT DONE   the custody log is not signed'
} else {
    $said = @([IO.File]::ReadAllLines($head))
    $line = ''
    if ($said.Count -eq 4 -and $said[2] -cmatch '^[1-9][0-9]{0,8}$') {
        $log = @([IO.File]::ReadAllLines((Join-Path $data 'custody-log.jsonl')))
        if ([int]$said[2] -le $log.Count) {
            $bytes = (New-Object Text.UTF8Encoding $false).GetBytes($log[[int]$said[2] - 1])
            $hash = [Security.Cryptography.SHA256]::Create().ComputeHash($bytes)
            $line = [BitConverter]::ToString($hash).Replace('-', '').ToLowerInvariant()
        }
    }
    if ($line -eq '' -or $said[0] -cne 'constat-custody-head/1' -or $said[3] -cne $line -or
        -not (Select-String -LiteralPath (Join-Path $top 'bag-info.txt') -CaseSensitive -SimpleMatch -Pattern ('External-Identifier: ' + $said[1]) -Quiet)) {
        Wrong "$head does not name a line of the custody log of this case"
    } elseif (-not $openssl) {
        Write-Output 'NOT DONE   data\custody-head.sig: openssl is not installed'
        $script:unchecked = $true
    } else {
        & openssl pkeyutl -verify -pubin -inkey $key -rawin -in $head -sigfile $signature > $null 2> $null
        if ($LASTEXITCODE -eq 0) { Good "data\custody-head.sig: line $($said[2]) of the log" } else { Wrong 'data\custody-head.sig: the signature is not good' }
    }
}

Write-Output ''
Write-Output 'Fingerprint of this bundle. Compare it with the paper:'
Write-Output (Get-FileHash -Algorithm SHA256 -LiteralPath (Join-Path $data 'evidence-sha256.txt')).Hash.ToLowerInvariant()

if ($script:bad) { exit 1 }
if ($script:unchecked -or -not $script:tokens) { exit 2 }
exit 0
