# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What an operator's machine has and a test's machine has not: systemd and users of its own. The units
# are those of deploy/systemd, so their command lines are tested too. They are not started again when
# they fail, and not confined.
#   MACHINE   folder that stands for the root of the machine's file system
#   UNITS     folder of the unit files

# systemctl [enable --now|disable --now|start|stop|restart|is-active|daemon-reload] UNIT…
systemctl() {
    local verb="$1" unit
    shift
    case "$verb" in
    daemon-reload) return ;;
    enable | disable)
        [ "${1:-}" = --now ] || return 0
        shift
        ;;
    esac
    for unit in "$@"; do
        case "$verb" in
        start | enable) unit_start "$unit" ;;
        stop | disable) unit_stop "$unit" ;;
        restart)
            unit_stop "$unit"
            unit_start "$unit"
            ;;
        is-active) unit_runs "$unit" ;;
        *)
            echo "the stand-in for systemctl knows no $verb" >&2
            return 1
            ;;
        esac
    done
}

# journalctl --unit UNIT [--lines N] [--no-pager]: the end of what it wrote.
journalctl() {
    local unit='' lines=10
    while [ $# -gt 0 ]; do
        case "$1" in
        --unit) unit="$2" && shift 2 ;;
        --lines) lines="$2" && shift 2 ;;
        *) shift ;;
        esac
    done
    tail -n "$lines" "$MACHINE/run/$unit.log"
}

# runuser -u USER -- COMMAND: everybody is one user here.
runuser() {
    shift 3
    "$@"
}

unit_runs() {
    local pid
    pid="$(cat "$MACHINE/run/$1.pid" 2>/dev/null)" && kill -0 "$pid" 2>/dev/null
}

unit_stop() {
    unit_runs "$1" || return 0
    local pid
    pid="$(cat "$MACHINE/run/$1.pid")"
    kill -TERM "$pid"
    # It is a child of this shell.
    wait "$pid" || true
    rm "$MACHINE/run/$1.pid"
}

unit_start() {
    local unit="$1" instance file line word name
    unit_runs "$unit" && return 0
    instance="${unit#*@}"
    file="$UNITS/$unit.service"
    [ "$instance" = "$unit" ] || file="$UNITS/${unit%%@*}@.service"
    local -A settings=()
    local environment=() command=() words=()
    mkdir -p "$MACHINE/run/$unit"
    # What the manual calls specifiers, and paths of the machine.
    expand() {
        line="${line//%i/$instance}"
        line="${line//%S/$MACHINE/var/lib}"
        line="${line//%d/$MACHINE/run/$unit}"
        line="${line//\/etc\//$MACHINE/etc/}"
        line="${line/#\/usr\/bin\//}"
    }
    while IFS= read -r line; do
        case "$line" in
        StateDirectory=*)
            line="%S/${line#*=}" && expand
            mkdir -p "$line"
            ;;
        LoadCredential=*)
            line="${line#*=}" && name="${line%%:*}" && line="${line#*:}" && expand
            install -m 400 "$line" "$MACHINE/run/$unit/$name"
            ;;
        EnvironmentFile=*)
            line="${line#*=}" && expand
            while IFS= read -r word; do
                case "$word" in
                '' | '#'*) ;;
                *) settings["${word%%=*}"]="${word#*=}" ;;
                esac
            done <"$line"
            ;;
        ExecStart=*)
            line="${line#*=}" && expand
            for word in $line; do
                case "$word" in
                # A variable that stands alone is as many words as it has.
                \$*) read -ra words <<<"${settings[${word#\$}]}" && command+=("${words[@]}") ;;
                *) command+=("$word") ;;
                esac
            done
            ;;
        esac
    done <"$file"
    for name in "${!settings[@]}"; do environment+=("$name=${settings[$name]}"); done
    # Whoever ends this shell ends the unit.
    setpriv --pdeathsig KILL -- env -i "PATH=$PATH" "${environment[@]}" "${command[@]}" \
        </dev/null >>"$MACHINE/run/$unit.log" 2>&1 &
    echo $! >"$MACHINE/run/$unit.pid"
}
