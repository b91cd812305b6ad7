# Installs rasa-telemetry for the user who runs this: downloads the binary, compares its SHA-256 with the release's
# list, has gh verify where it was made (if gh is here), checks that it starts here as the version asked for, and only
# then puts it in place. Needs no administrator, changes nothing else.
#
#   powershell -ExecutionPolicy Bypass -File install.ps1
#   powershell -ExecutionPolicy Bypass -File install.ps1 -Version 0.1.0 -Dir C:\rasa\bin
#
# Works in Windows PowerShell 5.1 and in PowerShell 7.
param(
    [string] $Version = '',
    [string] $Dir = $env:RASA_TELEMETRY_INSTALL_DIR,
    [string] $BaseUrl = $env:RASA_TELEMETRY_INSTALL_URL,
    [switch] $ChecksumOnly,
    [switch] $Help
)

function Install-RasaTelemetry([string] $Version, [string] $Dir, [string] $BaseUrl, [bool] $ChecksumOnly) {
    # In a function, so that the caller's own preferences stay as they are.
    Set-StrictMode -Version 2
    $ErrorActionPreference = 'Stop'

    Test-System
    $Version = $Version -creplace '^v', ''
    if ($Version -cnotmatch '^[0-9A-Za-z.+-]*$') {
        throw "`"$Version`" isn't a version; give one such as 0.1.0"
    }
    if (-not $BaseUrl) { $BaseUrl = 'https://github.com/RasaHQ/rasa-telemetry/releases' }
    $BaseUrl = $BaseUrl.TrimEnd('/')
    # Nobody between here and a server on this machine could change what is downloaded.
    if ($BaseUrl -cnotmatch '^https://.|^http://(127\.0\.0\.1|localhost)(:[0-9]+)?(/[^@]*)?$') {
        throw "`"$BaseUrl`" isn't an https:// address; it must be one, because the checksums come from there too"
    }
    if (-not $Dir) {
        if (-not $env:USERPROFILE) { throw 'USERPROFILE is not set, so there is no .local\bin in it; give -Dir FOLDER' }
        $Dir = Join-Path $env:USERPROFILE '.local\bin'
    }
    # A relative path starts from PowerShell's own folder, which is not the process's.
    $Dir = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Dir)

    $file = 'rasa-telemetry-windows-x64.exe'
    $folder = if ($Version) { "$BaseUrl/download/v$Version" } else { "$BaseUrl/latest/download" }
    # Without the user and password that may stand in it.
    $shown = $folder -creplace '(?<=^https?://)[^/]*@', ''
    $work = New-WorkFolder $Dir
    try {
        $list = Join-Path $work 'SHA256SUMS'
        $program = Join-Path $work 'rasa-telemetry.exe'
        Get-ReleaseFile "$folder/SHA256SUMS" $list "$shown/SHA256SUMS"
        $expected = Find-Checksum $list $file "$shown/SHA256SUMS"
        Write-Output "Downloading $shown/$file"
        Get-ReleaseFile "$folder/$file" $program "$shown/$file"
        Test-Checksum $program $expected "$shown/$file"
        $origin = Test-Attestation $program "$shown/$file" $ChecksumOnly
        $found = Test-Start $program $Version "$shown/$file"
        Move-IntoPlace $program $Dir
        Write-Output "Installed rasa-telemetry $found as $(Join-Path $Dir 'rasa-telemetry.exe')"
        Write-Output "($origin)"
        if (($env:PATH -split ';') -notcontains $Dir) {
            Write-Output "That folder is not on your PATH; add it with: `$env:PATH = `"$Dir;`$env:PATH`""
        }
    } finally {
        Remove-Item -LiteralPath $work -Recurse -Force -ErrorAction SilentlyContinue
    }
}

function Test-System {
    $supported = 'Windows (x64), and, with install.sh, Linux with glibc 2.27 or newer and macOS (x64, arm64)'
    if ($env:OS -ne 'Windows_NT') { throw "this is not Windows; run install.sh instead. It runs on $supported" }
    # Windows tells a PowerShell of 32 bits that the processor is of the old kind.
    $processor = if ($env:PROCESSOR_ARCHITEW6432) { $env:PROCESSOR_ARCHITEW6432 } else { $env:PROCESSOR_ARCHITECTURE }
    if ($processor -ne 'AMD64') { throw "there is no binary for Windows on $processor; it runs on $supported" }
}

# The folder is beside the binary's place, so that moving the binary there is a rename.
function New-WorkFolder([string] $Dir) {
    $parent = $Dir
    while (-not (Test-Path -LiteralPath $parent)) {
        $parent = Split-Path -Parent $parent
        if (-not $parent) { throw "$Dir is on a drive that isn't here; give another folder with -Dir FOLDER" }
    }
    if (-not (Test-Path -LiteralPath $parent -PathType Container)) {
        throw "$parent isn't a folder; give another one with -Dir FOLDER"
    }
    $target = Join-Path $Dir 'rasa-telemetry.exe'
    if (Test-Path -LiteralPath $target -PathType Container) {
        throw "$target is a folder; remove it, or give -Dir FOLDER"
    }
    $work = Join-Path $parent ".rasa-telemetry-install.$([guid]::NewGuid())"
    try {
        [void] [IO.Directory]::CreateDirectory($work)
    } catch {
        throw "$parent can't be written; give a folder that can with -Dir FOLDER"
    }
    return $work
}

function Get-ReleaseFile([string] $Url, [string] $Path, [string] $Shown) {
    # Older systems offer nothing that servers still take.
    [Net.ServicePointManager]::SecurityProtocol =
        [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
    try {
        Save-Address ([Uri] $Url) $Path
    } catch {
        $cause = $_.Exception.GetBaseException()
        throw ("$Shown can't be downloaded: $(Format-Printable $cause.Message)`n" +
            'Is there such a release, and does the network reach it? -Version VERSION names another release, ' +
            '-BaseUrl URL a mirror')
    }
}

# Every address on the way must be an https:// one. Windows PowerShell follows redirects that drop the encryption, so
# each is taken here. A server on this machine is taken at its word, and its redirects aren't followed.
function Save-Address([Uri] $Address, [string] $Path) {
    for ($hop = 0; $hop -lt 10; $hop++) {
        $request = [Net.WebRequest]::Create($Address)
        $request.AllowAutoRedirect = $false
        $request.Timeout = 20000
        $request.UserAgent = 'rasa-telemetry-install'
        $response = $request.GetResponse()
        try {
            if ([int] $response.StatusCode -lt 300) {
                $file = [IO.File]::Create($Path)
                try { $response.GetResponseStream().CopyTo($file) } finally { $file.Dispose() }
                return
            }
            $next = New-Object Uri($Address, [string] $response.Headers['Location'])
            if ($Address.Scheme -cne 'https' -or $next.Scheme -cne 'https') {
                throw "it leads to $next, which isn't an https:// address"
            }
            $Address = $next
        } finally {
            $response.Close()
        }
    }
    throw 'it leads to more than ten addresses, one after another'
}

# What another program or a server says, for a console: no character in it does anything there, and it has an end.
function Format-Printable([string] $Text) {
    $short = $Text.Substring(0, [Math]::Min($Text.Length, 2000))
    return $short -creplace '[^ -~\r\n]', '?'
}

function Find-Checksum([string] $List, [string] $Name, [string] $Url) {
    $found = @()
    foreach ($line in [IO.File]::ReadAllLines($List)) {
        $hash, $rest = $line -split ' ', 2
        # The star marks a file read as bytes.
        if (("$rest".Trim() -creplace '^\*', '') -ceq $Name) { $found += $hash }
    }
    if ($found.Count -ne 1) {
        throw "$Url has $($found.Count) checksums for $Name instead of one; without it nothing is installed"
    }
    if ($found[0] -cnotmatch '^[0-9a-f]{64}$') {
        throw "$Url has no SHA-256 for $Name, but `"$(Format-Printable $found[0])`""
    }
    return $found[0]
}

function Test-Checksum([string] $Path, [string] $Expected, [string] $Url) {
    $hasher = [Security.Cryptography.SHA256]::Create()
    $stream = [IO.File]::OpenRead($Path)
    try {
        $actual = ([BitConverter]::ToString($hasher.ComputeHash($stream)) -replace '-', '').ToLowerInvariant()
    } finally {
        $stream.Dispose()
    }
    if ($actual -cne $Expected) {
        throw ("$Url is not what the release has: its SHA-256 is`n  $actual instead of`n  $Expected`n" +
            "Try again; if it stays so, don't use that file, and tell those who run the mirror or the release")
    }
}

# The checksum comes from where the binary does. The attestation is GitHub's word for the workflow that made the binary.
# Returns what was verified.
function Test-Attestation([string] $Program, [string] $Url, [bool] $ChecksumOnly) {
    if ($ChecksumOnly) { return 'the checksum alone was compared, as -ChecksumOnly says' }
    if (-not (Get-Command gh -CommandType Application -ErrorAction SilentlyContinue)) {
        return "the checksum alone was compared, because gh isn't here"
    }
    $repository = 'RasaHQ/rasa-telemetry'
    $workflow = "$repository/.github/workflows/release.yml"
    # An older gh shows its own help, and ends with code 0.
    if ((Invoke-Gh attestation verify --help).Said -cnotmatch '--signer-workflow') {
        return "the checksum alone was compared, because this gh can't verify attestations"
    }
    if ((Invoke-Gh auth token).Code -ne 0) {
        return "the checksum alone was compared, because gh isn't logged in to github.com"
    }
    $verified = Invoke-Gh attestation verify $Program --repo $repository --signer-workflow $workflow
    if ($verified.Code -ne 0) {
        throw ("gh can't verify that $repository's release workflow made $Url`:`n$(Format-Printable $verified.Said)`n" +
            "If gh can't reach GitHub from here, -ChecksumOnly installs without its word")
    }
    return "gh verified that $repository's release workflow made it"
}

# Asks gh about github.com, whatever server its user has set. Nothing that gh would report of this is wanted.
function Invoke-Gh {
    # Windows PowerShell takes each line on standard error for a fault.
    $ErrorActionPreference = 'Continue'
    $before = $env:GH_HOST, $env:DO_NOT_TRACK
    $env:GH_HOST, $env:DO_NOT_TRACK = 'github.com', '1'
    try {
        $said = (& gh @args 2>&1 | Out-String).Trim()
        return @{ Said = $said; Code = $LASTEXITCODE }
    } finally {
        $env:GH_HOST, $env:DO_NOT_TRACK = $before
    }
}

# Returns the program's version.
function Test-Start([string] $Program, [string] $Version, [string] $Url) {
    $broken = "the binary is as the list of checksums says, but doesn't start here"
    try {
        $said = [string] @(& $Program --version)[0]
        $code = $LASTEXITCODE
    } catch {
        throw "$broken`: $(Format-Printable $_.Exception.Message)"
    }
    if ($code -ne 0) { throw "$broken`: it ends with code $code" }
    if ($said -cnotmatch '^rasa-telemetry ([0-9A-Za-z.+-]+)$') {
        throw "$Url doesn't say that it is rasa-telemetry, but `"$(Format-Printable $said)`""
    }
    $found = $Matches[1]
    if ($Version -and $found -cne $Version) { throw "$Url is version $found, and $Version was asked for" }
    return $found
}

function Move-IntoPlace([string] $Program, [string] $Dir) {
    $target = Join-Path $Dir 'rasa-telemetry.exe'
    $aside = "$target.old-$([guid]::NewGuid())"
    try {
        [void] [IO.Directory]::CreateDirectory($Dir)
        # A program that runs can be renamed, but neither overwritten nor removed.
        $replaced = Test-Path -LiteralPath $target
        if ($replaced) { [IO.File]::Move($target, $aside) }
        try {
            [IO.File]::Move($Program, $target)
        } catch {
            if ($replaced) { [IO.File]::Move($aside, $target) }
            throw
        }
    } catch {
        throw "$target can't be written: $($_.Exception.Message)`nGive a folder that can with -Dir FOLDER"
    }
    # A replaced binary that still runs stays until the next installation.
    $pattern = "$([Management.Automation.WildcardPattern]::Escape($target)).old-*"
    Remove-Item -Path $pattern -Force -ErrorAction SilentlyContinue
}

if ($Help) {
    Write-Output @'
Installs rasa-telemetry: downloads it, verifies its checksum, puts it in place.

Usage: powershell -ExecutionPolicy Bypass -File install.ps1 [OPTIONS]

  -Version VERSION  which release (the newest unless given)
  -Dir FOLDER       where to put it (RASA_TELEMETRY_INSTALL_DIR, or .local\bin in your profile's folder)
  -BaseUrl URL      a mirror of the releases (RASA_TELEMETRY_INSTALL_URL, or the public ones)
                    that has latest/download/FILE and download/vVERSION/FILE
  -ChecksumOnly     don't ask gh for the attestation, which says where the binary was made
  -Help             show this help
'@
    return
}

try {
    if ($args.Count -gt 0) { throw "unknown argument `"$($args[0])`"; -Help shows the known ones" }
    Install-RasaTelemetry -Version $Version -Dir $Dir -BaseUrl $BaseUrl -ChecksumOnly $ChecksumOnly
} catch {
    $message = "Cannot install rasa-telemetry: $($_.Exception.Message)"
    # A script that came through a pipe has no file. There, exit would close the window.
    if (-not $PSCommandPath) { throw $message }
    [Console]::Error.WriteLine($message)
    exit 1
}
