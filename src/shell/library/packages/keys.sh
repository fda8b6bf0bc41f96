# shellcheck shell=sh disable=SC2154,SC2034 # what the other parts set and use
# --- signing keys of repositories ---------------------------------------------------
# How long a key is good is read from the key itself: a host need not have gpg. What was read when a key was put in its place
# is noted in $P_STATE/signing-keys/NAME, one line "SHA256 END ASKED": the file's digest, when the key ends (seconds since
# 1970; 0: never), and when it was fetched.

# key_is_good NAME SHA256: the file with this digest is what was put there, and has not ended. One that has is asked for once
# a day: its publisher may never renew it, and a host that has all its packages does without.
key_is_good() {
  read -r k_noted k_end k_asked 2>/dev/null <"$P_STATE/signing-keys/$1" && [ "$k_noted" = "$2" ] || return 1
  if [ "$k_end" -eq 0 ] || [ "$P_BEGAN" -lt "$k_end" ]; then return 0; fi
  k_text="the signing key of the repository $1 expired on $(day_of "$k_end")"
  # Also where it was fetched by this very program, which began before.
  k_age=$((P_BEGAN - k_asked))
  if [ "${k_age#-}" -lt 86400 ]; then
    note "$k_text, and no renewed one was found: new packages may not be available from there either; see docs/guides/mirrors.md"
    return 0
  fi
  say "$k_text"
  return 1
}

# note_key NAME FILE
note_key() { n_digest=$(sha256sum <"$2") && n_end=$(key_end "$2") && note_end "$1" "${n_digest%% *}" "$n_end"; }

# note_end NAME SHA256 END: that it was fetched now.
note_end() {
  printf '%s %s %s\n' "$2" "$3" "$(date +%s)" >"$P_RUN/key-note.$P_TASK" &&
    put_note "$P_STATE/signing-keys/$1" <"$P_RUN/key-note.$P_TASK"
}

# fetch_key NAME SHA256 FILE URL...: with patience. SHA256 may be empty. The URLs after the first: as for renew_key. Where none is to be
# had, and the one that is here has ended, that one has to do.
fetch_key() {
  f_name=$1 f_key=$3
  if ! fetch_verified "$4" "$3" "$2"; then
    key_has_ended "$f_name" || return 1
    for f_old in "/etc/apt/keyrings/$f_name.asc" "/etc/apt/keyrings/$f_name.gpg" "/etc/pki/rpm-gpg/provision-$f_name.asc"; do
      if [ -e "$f_old" ]; then
        cp "$f_old" "$f_key"
        return
      fi
    done
    return 1
  fi
  shift 4
  renew_key "$f_key" "$@"
}

# renew_key FILE URL...: where the key in it has ended, the first of these that gives the same key renewed takes its place.
renew_key() {
  r_key=$1
  shift
  r_end=$(key_end "$r_key")
  has_ended "$r_end" || return 0
  say "the signing key expired on $(day_of "$r_end")"
  for r_url in "$@"; do
    fetch_within "$m_key_seconds" "$r_url" "$r_key.renewed" || continue
    [ "$(key_facts "$r_key" | cut -d ' ' -f 1,2)" = "$(key_facts "$r_key.renewed" | cut -d ' ' -f 1,2)" ] || continue
    r_end=$(key_end "$r_key.renewed")
    ! has_ended "$r_end" || continue
    say "taking the same key, renewed, from $r_url"
    mv -f "$r_key.renewed" "$r_key"
    return
  done
}

# key_has_ended NAME: whether that is why its lists are refused, now that a renewed one was asked for. Then the lists of before have
# to do: the check that follows tells whether there are any.
key_has_ended() {
  read -r k_digest k_end _ 2>/dev/null <"$P_STATE/signing-keys/$1" && has_ended "$k_end" || return 1
  say "the signing key of the repository $1 expired on $(day_of "$k_end"), and no renewed one was found"
  note_end "$1" "$k_digest" "$k_end"
}

# has_ended END
has_ended() { [ "$1" -ne 0 ] && [ "$1" -le "$(date +%s)" ]; }

day_of() { date -u -d "@$1" +%Y-%m-%d; }

# key_end FILE: prints when the last of the keys in it ends; 0: never, or not known.
key_end() { key_facts "$1" | awk '{ never = never || $3 == 0 } $3 > end { end = $3 } END { printf "%.0f\n", never ? 0 : end }'; }

# key_type FILE: prints asc or gpg; status 1 where it is no OpenPGP key (an error page, say).
key_type() {
  if grep -q '^-----BEGIN PGP PUBLIC KEY BLOCK-----' "$1"; then
    echo asc
    return 0
  fi
  # A binary key begins with a public-key packet, of the old or the new form.
  case $(od -An -tx1 -N1 "$1" | tr -d ' ') in
  98 | 99 | 9a | c6) echo gpg ;;
  *)
    say "not an OpenPGP key; it begins: $(head -c 60 "$1" | tr -cd '[:print:]')"
    return 1
    ;;
  esac
}

# key_facts FILE: prints a line "ID KEY END" for each key in it; ID: 16 hexadecimal digits, as the key itself says; KEY: its numbers,
# the same however its end is moved. What is no longer believed counts as
# ended: a key that was revoked, and one of which no part that may sign is still good. By RFC 4880; later kinds of keys
# have no END that is known here, which counts as never.
key_facts() {
  key_bytes "$1" | awk '
    { for (i = 1; i <= NF; i++) b[++n] = $i }
    function number(at, size,    value) { value = 0; while (size-- > 0) value = value * 256 + b[at++]; return value }
    function hex(at, size,    text) { text = ""; while (size-- > 0) text = text sprintf("%02x", b[at++]); return text }
    function earlier(one, other) { return one == 0 || (other != 0 && other < one) ? other : one }
    function later(one, other) { return one == 0 || other == 0 ? 0 : (one > other ? one : other) }
    function end_part() {
      if (!part) return
      if (part == 1) { end = part_end; signs = part_flags == "" || int(part_flags / 2) % 2 }
      else if (int(part_flags / 2) % 2) { sub_end = subs++ ? later(sub_end, part_end) : part_end }
      part = 0
    }
    function end_key() {
      end_part()
      if (!keys) return
      if (!signs && subs) end = earlier(end, sub_end)
      if (revoked) end = earlier(end, revoked)
      printf "%s %s %.0f\n", id, material, end # whole numbers, which awk would print in powers of ten from 2038 on
    }
    function begin_part(which) {
      end_part()
      part = which; part_end = 0; part_flags = ""; made = number(body + 1, 4); newest = -1
    }
    # Subpackets from `at` on; those outside of the hashed area count for the issuer alone.
    function read_subpackets(at, size, hashed,    stop, long, kind) {
      stop = at + size
      while (at < stop) {
        long = b[at++]
        if (long == 255) { long = number(at, 4); at += 4 }
        else if (long >= 192) { long = (long - 192) * 256 + b[at++] + 192 }
        if (long < 1) return
        kind = b[at] % 128
        if (kind == 16) issuer = hex(at + 1, 8)
        if (kind == 33 && b[at + 1] == 4) issuer = hex(at + 14, 8)
        if (hashed && kind == 2) when = number(at + 1, 4)
        if (hashed && kind == 9) { lasts = number(at + 1, 4); own = 1 }
        if (hashed && kind == 27) { flags = b[at + 1]; own = 1 }
        at += long
      }
    }
    function read_signature(    type, hashed) {
      if (b[body] != 4 || !part) return
      type = b[body + 1]
      issuer = ""; when = 0; lasts = 0; flags = ""; own = 0
      hashed = number(body + 4, 2)
      read_subpackets(body + 6, hashed, 1)
      read_subpackets(body + 8 + hashed, number(body + 6 + hashed, 2), 0)
      if (type == 32 && part == 1 && !revoked) revoked = when
      # Others certify keys too, and neither say what for nor how long.
      if (!own || when < newest) return
      if (part == 1 ? !(type >= 16 && type <= 19 || type == 31) : type != 24) return
      newest = when
      part_end = lasts ? made + lasts : 0
      part_flags = flags
      if (part == 1 && issuer != "") id = issuer
    }
    END {
      for (p = 1; p <= n; p = body + size) {
        if (b[p] >= 192) {
          tag = b[p] - 192
          size = b[p + 1]
          if (size < 192) body = p + 2
          else if (size < 224) { size = (size - 192) * 256 + b[p + 2] + 192; body = p + 3 }
          else if (size == 255) { size = number(p + 2, 4); body = p + 6 }
          else break
        } else if (b[p] >= 128) {
          tag = int((b[p] - 128) / 4)
          octets = b[p] % 4 == 2 ? 4 : b[p] % 4 + 1
          if (b[p] % 4 == 3) break
          size = number(p + 1, octets); body = p + 1 + octets
        } else break
        if (tag == 6) { end_key(); keys++; id = "-"; end = 0; signs = 1; subs = 0; sub_end = 0; revoked = 0; material = hex(body, size); begin_part(1) }
        if (tag == 14) begin_part(2)
        if (tag == 2) read_signature()
      }
      end_key()
    }'
}

# key_bytes FILE: its bytes as numbers, out of its armour where it has one.
key_bytes() {
  if ! grep -q '^-----BEGIN PGP PUBLIC KEY BLOCK-----' "$1"; then
    od -An -v -tu1 "$1"
    return
  fi
  awk '
    BEGIN { digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" }
    { sub(/[ \t\r]+$/, "") }
    /^-----BEGIN PGP PUBLIC KEY BLOCK-----/ { armour = 1; text = 0; bits = 0; value = 0; next }
    /^-----END/ { armour = 0 }
    !armour { next }
    # Headers such as `Version: ...`, and a blank line after them; then the text, and a checksum.
    !text && /^[A-Za-z-]+: / { next }
    { text = 1 }
    /^=/ { next }
    {
      for (i = 1; i <= length($0); i++) {
        digit = index(digits, substr($0, i, 1)) - 1
        if (digit < 0) continue
        value = value * 64 + digit; bits += 6
        if (bits < 8) continue
        bits -= 8
        rest = bits == 4 ? 16 : bits == 2 ? 4 : 1
        print int(value / rest)
        value %= rest
      }
    }' "$1"
}
