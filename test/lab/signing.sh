# Run on the upstream. At port 8095: a key as it was before its publisher renewed it (ended.asc, since 2024-06-01) and as it is
# (renewed.asc), and a repository without packages that it signed now (lists).
set -eu
site=/srv/signed
export GNUPGHOME=/root/signed
rm -rf "$site" "$GNUPGHOME"
mkdir -m 700 "$GNUPGHOME"
mkdir -p "$site/lists"
sign() { gpg --batch --quiet --yes --passphrase '' "$@" 2>/dev/null; }
sign --faked-system-time 20240101T000000 --quick-generate-key a@example.com ed25519 sign 20240601T000000
sign --armor --output "$site/ended.asc" --export a@example.com
key=$(gpg --batch --list-keys --with-colons a@example.com 2>/dev/null | sed -n 's/^fpr:*\([0-9A-F]*\):.*/\1/p' | head -n 1)
sign --faked-system-time 20240201T000000 --quick-set-expire "$key" 50y
sign --armor --output "$site/renewed.asc" --export a@example.com
cd "$site/lists"
: >Packages
printf 'Date: %s\nSHA256:\n %s 0 Packages\n' "$(date -uR)" "$(sha256sum Packages | cut -d ' ' -f 1)" >Release
sign --clearsign --output InRelease Release
printf 'server { listen 8095; root %s; }\n' "$site" >/etc/nginx/conf.d/signed.conf
nginx -s reload
timeout 5 bash -c 'until (exec 3<>/dev/tcp/127.0.0.1/8095) 2>/dev/null; do sleep 0.1; done'
