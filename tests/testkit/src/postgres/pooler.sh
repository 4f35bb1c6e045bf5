# Runs PgBouncer in a temporary folder until standard input ends. Prints `done` and the folder, or `failed` and the reason.
#
# Arguments: the binary, the folder of the server's socket, and the server's port.
set -u
trap '' PIPE
folder=$(mktemp -d /tmp/cover-pool.XXXXXX) || exit 1
log=$folder/log
cat >"$folder/pgbouncer.ini" <<END
[databases]
* = host=$2 port=$3 user=postgres
[pgbouncer]
unix_socket_dir = $folder
listen_addr =
listen_port = 6432
auth_type = any
pool_mode = transaction
max_client_conn = 500
END
"$1" "$folder/pgbouncer.ini" </dev/null >"$log" 2>&1 &
pooler=$!
while kill -0 "$pooler" 2>/dev/null && ! [ -S "$folder/.s.PGSQL.6432" ]; do
    sleep 0.01
done
if kill -0 "$pooler" 2>/dev/null; then
    echo "done $folder"
    read -r _
else
    echo "failed PgBouncer does not start: $(tail -n 5 "$log" | tr '\n' ' ')"
fi
kill -TERM "$pooler" 2>/dev/null
wait "$pooler" 2>/dev/null
rm -rf "$folder"
