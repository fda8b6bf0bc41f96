# t1 value: a text
t1_check() {
if (eval :); then exit 0; else exit 1; fi
}
t1_apply() {
eval :
}
t1_outputs=value
t1_output_value() {
eval 'printf present'
}
# t2 value: with a variable
t2_check() {
export NAME='it'\''s a'
if (eval :); then exit 0; else exit 1; fi
}
t2_apply() {
export NAME='it'\''s a'
eval :
}
t2_outputs=value
t2_output_value() {
export NAME='it'\''s a'
eval 'echo "/var/lib/$NAME"'
}
