# Runs a PostgreSQL server in a temporary folder, and obeys the lines of standard input: `start`, and `stop` with `fast`, `immediate`
# or `kill`. Answers each with one line, `done` or `failed` with the reason. The first answer, to no request, is `done` with the folder.
# When standard input ends, which it does when the test process ends in any way, the server and the folder are removed.
#
# Arguments: the folder of the binaries, and the options of the server.
set -u
# The folder is removed even if nobody reads the answer.
trap '' PIPE
binaries=$1
shift
folder=$(mktemp -d /tmp/cover-pg.XXXXXX) || exit 1
data=$folder/data
log=$folder/log
server=

fail() {
    echo "failed $1: $(tail -n 5 "$log" | tr '\n' ' ')"
}

is_ready() {
    pid=$folder/data/postmaster.pid
    [ "$(sed -n 1p "$pid" 2>/dev/null)" = "$server" ] && sed -n 8p "$pid" | grep -q ready
}

# Starts the server once. Fails if it ends before it is ready.
launch() {
    "$binaries/postgres" -D "$data" -k "$folder" "$@" </dev/null >>"$log" 2>&1 &
    server=$!
    while kill -0 "$server" 2>/dev/null; do
        is_ready && return 0
        sleep 0.01
    done
    wait "$server"
    server=
    return 1
}

# Processes of a killed server end a moment after it. Until then, no other server starts.
start() {
    tries=0
    until launch "$@"; do
        tries=$((tries + 1))
        [ "$tries" -lt 50 ] || return 1
        sleep 0.05
    done
}

# While the server is suspended, it neither starts a process nor tells one to end.
kill_all() {
    kill -STOP "$server"
    kill -KILL $(ps -A -o pid= -o ppid= | awk -v server="$server" '$2 == server { print $1 }') "$server"
}

stop() {
    case $1 in
        fast) kill -INT "$server" ;;
        immediate) kill -QUIT "$server" ;;
        kill) kill_all ;;
    esac
    wait "$server" 2>/dev/null
    server=
}

obey() {
    case $1 in
        start)
            shift
            if [ -n "$server" ]; then echo "failed the server is running"
            elif start "$@"; then echo "done"
            else fail "the server does not start"
            fi
            ;;
        *)
            if [ -z "$server" ]; then echo "failed the server is not running"
            else
                stop "${1#stop }"
                echo "done"
            fi
            ;;
    esac
}

if "$binaries/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C --no-sync </dev/null >"$log" 2>&1; then
    echo "done $folder"
    while read -r request; do
        obey "$request" "$@"
    done
else
    fail "initdb failed"
fi
[ -z "$server" ] || stop immediate
# A killed server leaves a block of shared memory, whose id is the second word of this line.
set -- $(sed -n 7p "$data/postmaster.pid" 2>/dev/null)
[ $# -lt 2 ] || ipcrm -m "$2" 2>/dev/null
rm -rf "$folder"
