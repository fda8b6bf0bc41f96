#!/bin/sh
# Fetches Kubernetes' packages from an apt repository into DIRECTORY/result: the packages themselves, and unpacked what
# other parts of the lab are made of. apt verifies the repository's signature and the hash of each package.
# usage: packages.sh DIRECTORY URL VERSION
set -eu
directory=$1 url=$2 version=$3
cd "$directory"
mkdir -p lists/partial archives/partial root result/debs result/programs result/cni

apt() {
  command=$1
  shift
  "apt-$command" -q=2 -o Dir::Etc::SourceList="$directory/sources.list" -o Dir::Etc::SourceParts=- \
    -o Dir::State::Lists="$directory/lists" -o Dir::Cache="$directory" -o Dir::State::Status=/dev/null \
    -o APT::Sandbox::User=root -o APT::Update::Error-Mode=any -o Acquire::Languages=none -o Acquire::Retries=2 \
    -o Acquire::https::CAInfo="$SSL_CERT_FILE" -o Acquire::https::Timeout=20 "$@"
}

echo 'signing key'
curl -fsSL --connect-timeout 10 --max-time 60 --retry 2 -o key.asc "$url/Release.key"
echo "deb [arch=amd64 signed-by=$directory/key.asc] $url/ /" >sources.list
echo 'package lists'
apt get update
number=0
set -- "kubeadm=$version" "kubelet=$version" "kubectl=$version" kubernetes-cni cri-tools
for package; do
  number=$((number + 1))
  echo "package $number of $#, ${package%%=*}"
  (cd result/debs && apt get download "$package")
done
for deb in result/debs/*.deb; do dpkg-deb -x "$deb" root; done
for name in kubeadm kubelet kubectl; do mv "root/usr/bin/$name" result/programs; done
mv root/opt/cni/bin/* result/cni
