# Lines "LINK ADDRESS" of all addresses that others can reach, in the order of the links.
ip -o address show scope global | while read -r _ link _ address _; do printf '%s %s\n' "$link" "${address%/*}"; done
