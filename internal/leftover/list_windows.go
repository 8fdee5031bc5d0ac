package leftover

// lister prints a line for each process: its number and its whole command line.
func lister() []string {
	return []string{"powershell", "-NoProfile", "-NonInteractive", "-Command",
		"Get-CimInstance Win32_Process | ForEach-Object { '{0} {1}' -f $_.ProcessId, $_.CommandLine }"}
}
