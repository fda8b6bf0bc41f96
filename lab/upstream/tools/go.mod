// Small programs that stand in, in the lab, for what cannot be had there.
module provision.lab/tools

go 1.26.0
