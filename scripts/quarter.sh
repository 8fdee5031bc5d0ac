#!/bin/sh
# Runs a command with the processor held to a quarter: of every core's time it and all that it
# starts get a quarter together. What a slow machine shows, this shows on a fast one.
#   scripts/quarter.sh make test
#   SHARE=50 scripts/quarter.sh make test      half of it, or any percentage
# Linux. As root with control groups (version 2 or 1), else with a systemd session, else with cpulimit.
set -eu
[ $# -gt 0 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
share=${SHARE:-25}
cores=$(nproc)
# A short period: a slower processor is slow all the time, it does not stand still for a while.
period=20000
quota=$((period * cores * share / 100))
# What ends a test that hangs is four times as far away, too.
export TEST_TIMEOUT="${TEST_TIMEOUT:-160m}"
say() { printf 'quarter: %s\n' "$*" >&2; }

# In a group of its own; the group goes when the last process of it is gone.
group=
enter() {
	group=$1/constat-quarter-$$
	mkdir "$group" 2>/dev/null || return 1
	trap 'rmdir "$group" 2>/dev/null || say "something still runs in $group"' EXIT
	trap 'exit 130' INT TERM
}
inside() { # runs the command in the group, and says what it used
	status=0
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group" "$@" || status=$?
	say "held back: $(tr '\n' ' ' <"$group/cpu.stat")"
	exit $status
}

root=/sys/fs/cgroup
if [ -f $root/cgroup.controllers ] && [ -w $root/cgroup.subtree_control ] &&
	{ echo +cpu >$root/cgroup.subtree_control; } 2>/dev/null && enter $root; then
	echo "$quota $period" >"$group/cpu.max"
	say "$share % of $cores cores (control group, version 2)"
	inside "$@"
elif [ -f $root/cpu/cpu.cfs_quota_us ] && [ -w $root/cpu ] && enter $root/cpu; then
	echo $period >"$group/cpu.cfs_period_us"
	echo $quota >"$group/cpu.cfs_quota_us"
	# Others at work do not take from the quarter.
	echo 262144 >"$group/cpu.shares"
	say "$share % of $cores cores (control group, version 1)"
	inside "$@"
elif command -v systemd-run >/dev/null 2>&1 && systemd-run --user --scope --quiet -p CPUQuota=$((cores * share))% true 2>/dev/null; then
	say "$share % of $cores cores (systemd)"
	exec systemd-run --user --scope --quiet -p CPUQuota=$((cores * share))% "$@"
elif command -v cpulimit >/dev/null 2>&1; then
	say "$share % of $cores cores (cpulimit)"
	# Two programs have this name; they spell 'and its children' differently.
	if cpulimit --help 2>&1 | grep -q monitor-forks; then children=--monitor-forks; else children=--include-children; fi
	exec cpulimit --quiet $children --foreground --limit $((cores * share)) -- "$@"
fi
say "needs root with control groups, a systemd session, or cpulimit (apt-get install cpulimit)"
exit 1
