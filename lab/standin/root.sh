#!/bin/sh
# Makes a Debian root file system pass for Rocky Linux 9, run inside it: a stand-in, for what a package manager of that
# family and its configuration do. Its programs and its kernel stay Debian's.
set -eu
release=9.6
dist=el9

# Firewalls are for tests to begin; and NetworkManager has no link here that could ever be online.
systemctl -q disable firewalld.service NetworkManager-wait-online.service

rm -f /etc/os-release
cat >/usr/lib/os-release <<END
NAME="Rocky Linux"
VERSION="$release (Blue Onyx)"
ID="rocky"
ID_LIKE="rhel centos fedora"
VERSION_ID="$release"
PLATFORM_ID="platform:$dist"
PRETTY_NAME="Stand-in of the lab for Rocky Linux $release (Debian underneath)"
END
ln -s ../usr/lib/os-release /etc/os-release
echo "Rocky Linux release $release (stand-in of the lab)" >/etc/redhat-release

# The defaults of that family, not Debian's.
cat >/etc/dnf/dnf.conf <<'END'
[main]
gpgcheck=1
installonly_limit=3
clean_requirements_on_remove=True
best=True
skip_if_unavailable=False
END
ln -s dnf /usr/bin/yum
# A plugin that is a package of its own there, and some that are not there at all.
plugins=/usr/lib/python3/dist-packages/dnf-plugins
mkdir -p /usr/share/provision-lab
cp "$plugins/versionlock.py" /usr/share/provision-lab
rm -f "$plugins"/__pycache__/*.pyc "$plugins/versionlock.py" "$plugins/local.py" "$plugins/system_upgrade.py" /etc/dnf/plugins/versionlock.* /etc/dnf/plugins/local.conf

mkdir -p /etc/pki/rpm-gpg /etc/sysconfig /etc/yum.repos.d
# eth0 gets its address from outside.
printf '[main]\ndns=none\n\n[keyfile]\nunmanaged-devices=interface-name:eth0\n' >/etc/NetworkManager/conf.d/10-lab.conf

# carry NAME DEBIAN-PACKAGE [LINE]: an empty RPM that says what Debian's package has installed, with more LINEs of its own.
work=/tmp/carried
mkdir -p "$work"
carry() {
  version=$(dpkg-query -W -f '${Version}' "$2" | sed 's/^[0-9]*://; s/-[^-]*$//; s/[^0-9A-Za-z.]/./g')
  spec "$1" "$version" "${3:-}"
}
spec() {
  cat >"$work/$1.spec" <<END
Name: $1
Version: $2
Release: 1.$dist
Summary: Says that the lab's stand-in has this
License: None
BuildArch: noarch
AutoReqProv: no
$3
%description
Stand-in of the lab: empty, what it stands for was installed as a package of Debian.
%files
END
  rpmbuild --quiet --define "_topdir $work" -bb "$work/$1.spec" 2>/dev/null
}
spec rocky-release "$release" "Provides: system-release = $release
Provides: system-release(releasever) = ${release%.*}"
carry bash bash "Provides: /bin/sh, /usr/bin/sh"
carry ca-certificates ca-certificates
carry coreutils coreutils
carry dbus dbus
carry dnf dnf
carry dnf-plugins-core dnf-plugins-core
carry firewalld firewalld
carry glibc libc6
carry iproute iproute2
carry ipset ipset
carry iptables-nft iptables "Provides: iptables = $(dpkg-query -W -f '${Version}' iptables | sed 's/-.*//')"
carry kmod kmod
carry libselinux-utils selinux-utils
carry NetworkManager network-manager
carry nftables nftables
carry openssh-server openssh-server
carry openssl openssl
carry procps-ng procps
carry rpm rpm
carry shadow-utils passwd
carry sudo sudo
carry systemd systemd
carry tar tar
carry tzdata tzdata
carry util-linux util-linux
rpm -i "$work"/RPMS/noarch/*.rpm
rm -r "$work"
