#!/bin/sh
# Builds the lab's RPMs from Debian's packages and our own programs, inside the upstream, and lays them out in signed
# repositories as the official ones are.
# usage: build.sh STAGE OUTPUT KUBERNETES-VERSION
# STAGE holds programs/ and cni/ (built from Go modules), packages/ and rpms/ (files of this repository).
set -eu
stage=$1 output=$2 kubernetes=$3
debs=$stage/debs
key='provision lab <root@localhost>'
export GNUPGHOME=/srv/upstream/gnupg
rocky=$output/rocky/9
docker=$output/docker/linux/centos/9/x86_64/stable
core=$output/kubernetes/core:/stable:/v${kubernetes%.*}/rpm

mkdir -p "$debs" "$rocky/BaseOS/x86_64/os" "$rocky/AppStream/x86_64/os" "$docker/Packages" "$core/x86_64"

# unpack PACKAGE...: the newest of Debian's, below $debs.
unpack() {
  (cd "$debs" && apt-get -q -o APT::Sandbox::User=root download "$@")
  for package in "$@"; do
    mkdir -p "$debs/$package"
    dpkg-deb -x "$debs/$package"_*.deb "$debs/$package"
  done
}

# version PACKAGE: of what was unpacked, without epoch, revision and Debian's own marks.
version() { dpkg-deb -f "$debs/$1"_*.deb Version | sed 's/^[0-9]*://; s/-[^-]*$//; s/[+~].*//'; }

# build NAME VERSION RELEASE DIRECTORY
build() {
  work=$stage/work
  rm -rf "$work"
  mkdir -p "$work"
  {
    printf 'Name: %s\nVersion: %s\nRelease: %s\nLicense: None\nAutoReqProv: no\n' "$1" "$2" "$3"
    cat "$stage/rpms/specs/$1.spec"
    # Every file; and directories that a bare host does not have.
    cat <<'END'
cd %{buildroot}
find . ! -type d -printf '/%%P\n' | sed 's|^/etc/|%%config(noreplace) &|' >>%{listing}
find . -mindepth 1 -type d -printf '/%%P\n' | while read -r directory; do
  grep -q " $directory\$" %{listing} || [ -d "$directory" ] || [ "$directory" = /etc/sysconfig ] || echo "%%dir $directory"
done >>%{listing}
%files -f %{listing}
END
  } >"$work/$1.spec"
  # A light compression: the packages travel over a bridge and are unpacked far more often than they are built.
  rpmbuild --quiet -bb --define "_topdir $work" --define "listing $work/listing" --define "debs $debs" \
    --define "programs $stage/programs" --define "cni $stage/cni" --define "packages $stage/packages" \
    --define "lab $stage/rpms" --define '__os_install_post %{nil}' --define 'debug_package %{nil}' \
    --define '_binary_payload w1.zstdio' --define '_build_id_links none' "$work/$1.spec"
  rpmsign --define "_gpg_name $key" --addsign "$work"/RPMS/*/*.rpm >"$work/signed" 2>&1 || cat "$work/signed"
  mv "$work"/RPMS/*/*.rpm "$4"
}

apt-get -q update
unpack chrony conntrack containerd dnf-plugins-core dnsmasq-base docker-buildx docker-cli docker-compose docker.io ethtool runc socat tini
find "$debs/dnf-plugins-core" -name versionlock.py -exec cp {} "$debs/dnf-plugins-core" \;

for name in chrony ethtool; do build "$name" "$(version "$name")" 1.el9 "$rocky/BaseOS/x86_64/os"; done
build python3-dnf-plugin-versionlock "$(version dnf-plugins-core)" 1.el9 "$rocky/BaseOS/x86_64/os"
build conntrack-tools "$(version conntrack)" 1.el9 "$rocky/AppStream/x86_64/os"
build socat "$(version socat)" 1.el9 "$rocky/AppStream/x86_64/os"
build dnsmasq "$(version dnsmasq-base)" 1.el9 "$rocky/AppStream/x86_64/os"
build container-selinux 2.235.0 1.el9 "$rocky/AppStream/x86_64/os"

# A later build of the same is what an upgrade of everything would take.
for build in 1 2; do
  for name in docker-ce docker-ce-cli; do build "$name" "$(version docker.io)" "$build.el9" "$docker/Packages"; done
  build containerd.io "$(version containerd)" "$build.el9" "$docker/Packages"
  for name in kubeadm kubelet kubectl; do build "$name" "$kubernetes" "150500.$build.1" "$core/x86_64"; done
done
for name in docker-buildx docker-compose; do build "$name-plugin" "$(version "$name")" 1.el9 "$docker/Packages"; done
build cri-tools "${kubernetes%.*}.0" 150500.1.1 "$core/x86_64"
build kubernetes-cni 1.9.1 150500.1.1 "$core/x86_64"

for repository in "$rocky/BaseOS/x86_64/os" "$rocky/AppStream/x86_64/os" "$docker" "$core"; do
  createrepo_c --quiet "$repository"
  gpg --batch --quiet --yes --armor --detach-sign --local-user "$key" "$repository/repodata/repomd.xml"
done
gpg --batch --quiet --armor --export "$key" >"$output/rocky/RPM-GPG-KEY-Rocky-9"
cp "$output/rocky/RPM-GPG-KEY-Rocky-9" "$output/docker/linux/centos/gpg"
cp "$output/rocky/RPM-GPG-KEY-Rocky-9" "$core/repodata/repomd.xml.key"
