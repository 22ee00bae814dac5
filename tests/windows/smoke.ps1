<#
.SYNOPSIS
    Plays Mailshift's journey on a real Windows with a real Outlook, by hand, and writes down what happened.
.DESCRIPTION
    The tests of this repository have a stand-in for Outlook. This script collects what only the real one can show: which
    Outlook it was, what its profiles look like before and after, whether the new profile came up with an account and a
    store, and whether the way back restored every value (the new profile stays, beside the old one).

    Use a test person and a test mailbox. The script starts the agent, asks you to do the journey, and looks. It deletes
    nothing and writes nothing but its report. Addresses are masked; values of the registry are only compared, by hashes
    with a salt that is thrown away. Read the report before you pass it on.

    Run it as the person, not as administrator, in a normal session:
        powershell -ExecutionPolicy Bypass -File smoke.ps1 -Agent 'C:\Program Files\Mailshift\mailshift.exe'
.PARAMETER Agent
    Path of mailshift.exe. Its server and the person's code come from your Mailshift project.
.PARAMETER Report
    Where the report goes; by default onto the desktop.
.NOTES
    PowerShell 5.1 or newer.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string]$Agent,
    [string]$Report = (Join-Path ([Environment]::GetFolderPath('Desktop')) 'mailshift-smoke.txt')
)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$Roots = 'Software\Microsoft\Office', 'Software\Microsoft\Exchange'
$Lines = New-Object System.Collections.Generic.List[string]
$Salt = New-Object byte[] 32
$Random = [System.Security.Cryptography.RandomNumberGenerator]::Create()
$Random.GetBytes($Salt)
$Hash = [System.Security.Cryptography.SHA256]::Create()

function Add-Line([string]$Text) {
    # Addresses keep their first letter and their domain.
    $masked = [regex]::Replace($Text, '([A-Za-z0-9])[A-Za-z0-9._%+-]*@', '$1***@')
    $Lines.Add($masked)
    Write-Host $masked
}

function Add-Title([string]$Text) {
    Add-Line ''
    Add-Line "== $Text"
}

# Whatever cannot be asked is said, and the rest goes on.
function Try-Line([string]$Name, [scriptblock]$Ask) {
    try { Add-Line ("{0}: {1}" -f $Name, (& $Ask)) } catch { Add-Line ("{0}: not known ({1})" -f $Name, $_.Exception.Message) }
}

function Get-Value([string]$Key, [string]$Name, [Microsoft.Win32.RegistryHive]$Hive = 'CurrentUser') {
    foreach ($view in 'Registry64', 'Registry32') {
        $base = [Microsoft.Win32.RegistryKey]::OpenBaseKey($Hive, $view)
        $opened = $base.OpenSubKey($Key)
        if ($null -ne $opened -and $null -ne $opened.GetValue($Name)) { return $opened.GetValue($Name) }
    }
    return $null
}

# Every value below a key as "path|name|type|hash".
function Get-Snapshot {
    $found = New-Object System.Collections.Generic.List[string]
    $waiting = New-Object System.Collections.Generic.Queue[string]
    foreach ($root in $Roots) { $waiting.Enqueue($root) }
    while ($waiting.Count -gt 0) {
        $path = $waiting.Dequeue()
        $key = [Microsoft.Win32.Registry]::CurrentUser.OpenSubKey($path)
        if ($null -eq $key) { continue }
        $found.Add("$path|")
        foreach ($name in $key.GetValueNames()) {
            $data = $key.GetValue($name, $null, 'DoNotExpandEnvironmentNames')
            $bytes = if ($data -is [byte[]]) { $data } else { [Text.Encoding]::Unicode.GetBytes([string]($data -join "`n")) }
            $digest = [BitConverter]::ToString($Hash.ComputeHash([byte[]]($Salt + $bytes))).Replace('-', '').Substring(0, 16)
            $found.Add(('{0}|{1}|{2}|{3}' -f $path, $name, $key.GetValueKind($name), $digest))
        }
        foreach ($child in $key.GetSubKeyNames()) { $waiting.Enqueue("$path\$child") }
        $key.Close()
    }
    return , ($found.ToArray())
}

function Compare-Snapshots([string]$What, [string[]]$Before, [string[]]$After) {
    $differences = @(Compare-Object -ReferenceObject $Before -DifferenceObject $After)
    $profiles = @($differences | Where-Object { $_.InputObject -match '\\Outlook\\Profiles' -or $_.InputObject -match '\|DefaultProfile\|' })
    Add-Line ('{0}: {1} differences, {2} of them in profiles' -f $What, $differences.Count, $profiles.Count)
    # Outlook writes much of its own elsewhere; what it was is in the list, hashes are not.
    foreach ($difference in $differences) {
        $sign = if ($difference.SideIndicator -eq '=>') { '+' } else { '-' }
        Add-Line ('  {0} {1}' -f $sign, ($difference.InputObject -replace '\|[0-9A-F]{16}$', ''))
    }
}

function Get-OutlookVersionKey {
    foreach ($version in '16.0', '15.0') {
        if ($null -ne (Get-Value "Software\Microsoft\Office\$version\Outlook" 'DefaultProfile')) { return $version }
    }
    return '16.0'
}

function ConvertFrom-Section($Data) {
    if ($Data -is [byte[]]) { return [Text.Encoding]::Unicode.GetString($Data).TrimEnd([char]0) }
    return [string]$Data
}

# What the default profile consists of.
function Add-Profile {
    $outlook = 'Software\Microsoft\Office\{0}\Outlook' -f (Get-OutlookVersionKey)
    $default = Get-Value $outlook 'DefaultProfile'
    Add-Line "default profile: $default"
    $profileKey = [Microsoft.Win32.Registry]::CurrentUser.OpenSubKey("$outlook\Profiles\$default")
    if ($null -eq $profileKey) { Add-Line 'it has no key'; return }
    foreach ($section in $profileKey.GetSubKeyNames()) {
        $key = $profileKey.OpenSubKey($section)
        foreach ($name in '001f6641', '001f6610', '001f6700') {
            $data = $key.GetValue($name)
            if ($null -eq $data) { continue }
            $text = ConvertFrom-Section $data
            $size = if ($name -ne '001f6641' -and (Test-Path -LiteralPath $text)) { (Get-Item -LiteralPath $text).Length } else { 'no file' }
            $note = if ($name -eq '001f6641') { '' } else { " ($size bytes)" }
            Add-Line ('section {0}: {1} = {2}{3}' -f $section.Substring(0, 8), $name, $text, $note)
        }
    }
    $accounts = $profileKey.OpenSubKey('9375CFF0413111d3B88A00104B2A6676')
    if ($null -eq $accounts) { Add-Line 'no list of accounts'; return }
    foreach ($number in $accounts.GetSubKeyNames()) {
        $key = $accounts.OpenSubKey($number)
        foreach ($name in 'clsid', 'Service Name', 'Account Name') {
            $data = $key.GetValue($name)
            if ($null -ne $data) { Add-Line ('account {0}: {1} ({2}) = {3}' -f $number, $name, $key.GetValueKind($name), (ConvertFrom-Section $data)) }
        }
    }
}

function Add-Outlook {
    $running = @(Get-CimInstance Win32_Process -Filter "Name = 'OUTLOOK.EXE'")
    foreach ($process in $running) { Add-Line ('running: {0}' -f $process.CommandLine) }
    if ($running.Count -eq 0) { Add-Line 'Outlook does not run'; return }
    Try-Line 'its own words' {
        # Attaches to the running one; it does not start another.
        $application = [Runtime.InteropServices.Marshal]::GetActiveObject('Outlook.Application')
        $session = $application.Session
        $names = @($session.Accounts | ForEach-Object { '{0} (connection {1})' -f $_.SmtpAddress, $_.ExchangeConnectionMode })
        'profile "{0}", accounts: {1}' -f $session.CurrentProfileName, ($names -join ', ')
    }
}

function Wait-Operator([string]$Text) {
    Write-Host ''
    Write-Host $Text -ForegroundColor Cyan
    return (Read-Host 'Then press Enter; or type what was different, and press Enter')
}

Add-Line ('Mailshift smoke test, {0:u}' -f (Get-Date).ToUniversalTime())
Add-Title 'Computer'
Try-Line 'Windows' { (Get-CimInstance Win32_OperatingSystem).Caption + ' ' + [Environment]::OSVersion.Version }
Try-Line 'agent' { (Get-Item -LiteralPath $Agent).VersionInfo.ProductVersion }
$appPath = Get-Value 'SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\OUTLOOK.EXE' '' 'LocalMachine'
Add-Line "Outlook: $appPath"
if ($null -ne $appPath) {
    Try-Line 'Outlook version' { (Get-Item -LiteralPath $appPath).VersionInfo.FileVersion }
    Try-Line 'Outlook machine' {
        $bytes = New-Object byte[] 4096
        $stream = [IO.File]::OpenRead($appPath)
        try { [void]$stream.Read($bytes, 0, $bytes.Length) } finally { $stream.Close() }
        '0x{0:X4}' -f [BitConverter]::ToUInt16($bytes, [BitConverter]::ToInt32($bytes, 0x3C) + 4)
    }
}
foreach ($name in 'VersionToReport', 'Platform', 'ProductReleaseIds', 'UpdateChannel') {
    Add-Line ('Click-to-Run {0}: {1}' -f $name, (Get-Value 'SOFTWARE\Microsoft\Office\ClickToRun\Configuration' $name 'LocalMachine'))
}

Add-Title 'Before'
Add-Profile
$before = Get-Snapshot
Add-Line ('{0} keys and values' -f $before.Count)

Add-Title 'The journey'
$begun = Get-Date
[void](Start-Process -FilePath $Agent -PassThru)
$said = Wait-Operator 'Do the journey in the window of Mailshift, up to its last page, and sign in to Outlook where it asks.'
Add-Line ('after {0:N0} s; remarks: {1}' -f ((Get-Date) - $begun).TotalSeconds, $said)
Try-Line 'status' { (& $Agent status 2>&1 | Out-String).Trim() }
Add-Outlook

Add-Title 'After'
Add-Profile
$after = Get-Snapshot
Compare-Snapshots 'before and after' $before $after

Add-Title 'The way back'
[void](Start-Process -FilePath $Agent -ArgumentList 'undo' -PassThru)
$said = Wait-Operator 'Choose to go back to the old profile, wait until Mailshift says that it is done, and close Outlook.'
Add-Line "remarks: $said"
Add-Profile
Compare-Snapshots 'before and undone' $before (Get-Snapshot)

[IO.File]::WriteAllLines($Report, $Lines, (New-Object Text.UTF8Encoding($true)))
Write-Host ''
Write-Host "The report is in $Report. Read it before you pass it on." -ForegroundColor Cyan
