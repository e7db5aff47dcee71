# Walks the guide's way to systemd. What it writes under these folders goes with the namespace.
mkdir "$HERE/layers"
for folder in /opt /etc /var/lib /var/backups /root; do
  layer=$HERE/layers$folder
  mkdir -p "$layer.upper" "$layer.work"
  mount -t overlay overlay -o "lowerdir=$folder,upperdir=$layer.upper,workdir=$layer.work" "$folder"
done
mount -t tmpfs none /tmp
mount -t tmpfs none /run
chmod 1777 /tmp
chmod 755 /root # where a Python of its own lies there, the new user must reach it
cd "$REPOSITORY"

@INSTALL@

RECONCILIATION_DATA_DIR=$HERE/world .venv/bin/python -m jobs world --people 6000 \
  --as-of 2006-04-25 --out "$HERE/registers"
chmod -R a+rX "$HERE/registers"
cat > /etc/reconciliation/environment <<END
RECONCILIATION_PRISON="$HERE/registers/prison"
RECONCILIATION_IMMIGRATION="$HERE/registers/immigration"
AIRFLOW__API__PORT=$PORT
AIRFLOW__API__BASE_URL=http://localhost:$PORT
AIRFLOW__API__WORKERS=1
END

echo "== setup-check and a night"
@LOAD@

echo "== enabled"
@ENABLE@

echo "== answers"
for _ in $(seq 300); do
  python3 -c "from urllib.request import urlopen; urlopen('http://127.0.0.1:$PORT')" 2> /dev/null && break
  sleep 1
done
python3 -c "from urllib.request import urlopen; print(urlopen('http://127.0.0.1:$PORT').status)"
as_it python -m jobs airflow dags list --output plain
systemctl start reconciliation-backup.service
systemctl start reconciliation-fresh.service || echo "fresh: $?"

echo "== uninstall"
@UNINSTALL@

echo "== left"
pgrep -u reconciliation || true
find "$HERE"/layers/*.upper "$HERE"/layers/var/*.upper -name '*reconciliation*' \
  -not -path "*/var/backups.upper/*" -not -type c
grep -l reconciliation /etc/passwd /etc/group /etc/shadow || true
find /tmp -mindepth 1
