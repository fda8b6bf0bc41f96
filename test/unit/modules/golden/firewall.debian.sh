# t1 firewall: a control plane
t1_check() {
which_firewall
case $F_ACTIVE in
none) tell_of_own_rules 'tcp 6443 from anyone (API server); tcp 2379-2380 from control-planes (etcd); tcp 10250 from nodes and pods (kubelet); ipip from nodes (IP in IP); forwarding from and to 10.244.0.0/16 (pods)'; return 0 ;;
esac
firewall_nodes_known '' || return 3
case $F_ACTIVE in
firewalld) firewalld_is_open /etc/firewalld/ipsets/provision-nodes.xml 4736e89ff6572ee97de5a50661814e6b72b04cce2187f731e59b8c2d9f682c8e /etc/firewalld/ipsets/provision-nodes-6.xml fa4d51e0ce7e961a5289a49a2e6432fa85de9a845995372c1932de6127265e7e /etc/firewalld/ipsets/provision-planes.xml fe57dd0e2953f707fbc3e345d290e2deb10be86d0d7f0a0b05c161dc5a0c012f /etc/firewalld/zones/provision-pods.xml 6a01d8869ad772d8a50a7fd5082d7b497de30af9f397a8666f00898f0c21a3e2 /etc/firewalld/policies/provision-host.xml 6b4c1fd00babb9749a95fa9a40edadb0084abdee4dbc50882e096e2e2d3e761a /etc/firewalld/policies/provision-pod-in.xml 1ffcd604544337d5118d9e3ea368af1dcac0fb946e91dbfeb4324f6887d3d11b /etc/firewalld/policies/provision-pod-out.xml d4379a058f8ea8bcfb4d3b2c7c261e2575dcfd444974b0056afcf217ab9ee291 ;;
ufw) ufw_is_open 'allow tcp 10250 0.0.0.0/0 any 10.0.0.11 in
allow tcp 10250 0.0.0.0/0 any 10.0.0.21 in
allow tcp 10250 0.0.0.0/0 any 10.244.0.0/16 in
allow tcp 10250 ::/0 any fd00::11 in
allow tcp 2379:2380 0.0.0.0/0 any 10.0.0.11 in
allow tcp 6443 0.0.0.0/0 any 0.0.0.0/0 in
allow tcp 6443 ::/0 any ::/0 in
route:allow any any 0.0.0.0/0 any 10.244.0.0/16 in
route:allow any any 10.244.0.0/16 any 0.0.0.0/0 in' ;;
esac
}
t1_apply() {
which_firewall
case $F_ACTIVE in
firewalld)
begin_firewalld /etc/firewalld/ipsets/provision-nodes.xml /etc/firewalld/ipsets/provision-nodes-6.xml /etc/firewalld/ipsets/provision-planes.xml /etc/firewalld/zones/provision-pods.xml /etc/firewalld/policies/provision-host.xml /etc/firewalld/policies/provision-pod-in.xml /etc/firewalld/policies/provision-pod-out.xml
put_firewalld /etc/firewalld/ipsets/provision-nodes.xml '<?xml version="1.0" encoding="utf-8"?>
<ipset type="hash:net">
  <short>provision-nodes</short>
  <entry>10.0.0.11</entry>
  <entry>10.0.0.21</entry>
</ipset>
'
put_firewalld /etc/firewalld/ipsets/provision-nodes-6.xml '<?xml version="1.0" encoding="utf-8"?>
<ipset type="hash:net">
  <short>provision-nodes-6</short>
  <option name="family" value="inet6"/>
  <entry>fd00::11</entry>
</ipset>
'
put_firewalld /etc/firewalld/ipsets/provision-planes.xml '<?xml version="1.0" encoding="utf-8"?>
<ipset type="hash:net">
  <short>provision-planes</short>
  <entry>10.0.0.11</entry>
</ipset>
'
put_firewalld /etc/firewalld/zones/provision-pods.xml '<?xml version="1.0" encoding="utf-8"?>
<zone>
  <short>provision-pods</short>
  <source address="10.244.0.0/16"/>
  <forward/>
</zone>
'
put_firewalld /etc/firewalld/policies/provision-host.xml '<?xml version="1.0" encoding="utf-8"?>
<policy target="CONTINUE" priority="-2000">
  <short>provision-host</short>
  <ingress-zone name="ANY"/>
  <egress-zone name="HOST"/>
  <port port="6443" protocol="tcp"/>
  <rule family="ipv4">
    <source ipset="provision-planes"/>
    <port port="2379-2380" protocol="tcp"/>
    <accept/>
  </rule>
  <rule family="ipv4">
    <source ipset="provision-nodes"/>
    <port port="10250" protocol="tcp"/>
    <accept/>
  </rule>
  <rule family="ipv6">
    <source ipset="provision-nodes-6"/>
    <port port="10250" protocol="tcp"/>
    <accept/>
  </rule>
  <rule family="ipv4">
    <source address="10.244.0.0/16"/>
    <port port="10250" protocol="tcp"/>
    <accept/>
  </rule>
  <rule family="ipv4">
    <source ipset="provision-nodes"/>
    <protocol value="4"/>
    <accept/>
  </rule>
  <rule family="ipv6">
    <source ipset="provision-nodes-6"/>
    <protocol value="4"/>
    <accept/>
  </rule>
</policy>
'
put_firewalld /etc/firewalld/policies/provision-pod-in.xml '<?xml version="1.0" encoding="utf-8"?>
<policy target="ACCEPT">
  <short>provision-pod-in</short>
  <ingress-zone name="ANY"/>
  <egress-zone name="provision-pods"/>
</policy>
'
put_firewalld /etc/firewalld/policies/provision-pod-out.xml '<?xml version="1.0" encoding="utf-8"?>
<policy target="ACCEPT">
  <short>provision-pod-out</short>
  <ingress-zone name="provision-pods"/>
  <egress-zone name="ANY"/>
</policy>
'
end_firewalld
;;
ufw) open_ufw 'allow tcp 10250 0.0.0.0/0 any 10.0.0.11 in
allow tcp 10250 0.0.0.0/0 any 10.0.0.21 in
allow tcp 10250 0.0.0.0/0 any 10.244.0.0/16 in
allow tcp 10250 ::/0 any fd00::11 in
allow tcp 2379:2380 0.0.0.0/0 any 10.0.0.11 in
allow tcp 6443 0.0.0.0/0 any 0.0.0.0/0 in
allow tcp 6443 ::/0 any ::/0 in
route:allow any any 0.0.0.0/0 any 10.244.0.0/16 in
route:allow any any 10.244.0.0/16 any 0.0.0.0/0 in' ipip ;;
esac
}
# t2 firewall: hosts known by name
t2_check() {
which_firewall
case $F_ACTIVE in
none) tell_of_own_rules 'tcp 10250 from nodes (kubelet); forwarding from and to fd01::/64 (pods)'; return 0 ;;
esac
firewall_nodes_known 'w1 w2' || return 3
case $F_ACTIVE in
firewalld) firewalld_is_open /etc/firewalld/zones/provision-pods.xml abd9641e754a3b24c09dc20263e356fb1e53c4ea7bbf7eaf7c6dcc7e23d11e6a /etc/firewalld/policies/provision-host.xml 39e2f703fa6a7178b5f1090b342c94fcbe1b6a7eaacf879f1fb34a29cfeaced5 /etc/firewalld/policies/provision-pod-in.xml 1ffcd604544337d5118d9e3ea368af1dcac0fb946e91dbfeb4324f6887d3d11b /etc/firewalld/policies/provision-pod-out.xml d4379a058f8ea8bcfb4d3b2c7c261e2575dcfd444974b0056afcf217ab9ee291 ;;
ufw) ufw_is_open 'route:allow any any ::/0 any fd01::/64 in
route:allow any any fd01::/64 any ::/0 in' ;;
esac
}
t2_apply() {
which_firewall
case $F_ACTIVE in
firewalld)
begin_firewalld /etc/firewalld/zones/provision-pods.xml /etc/firewalld/policies/provision-host.xml /etc/firewalld/policies/provision-pod-in.xml /etc/firewalld/policies/provision-pod-out.xml
put_firewalld /etc/firewalld/zones/provision-pods.xml '<?xml version="1.0" encoding="utf-8"?>
<zone>
  <short>provision-pods</short>
  <source address="fd01::/64"/>
  <forward/>
</zone>
'
put_firewalld /etc/firewalld/policies/provision-host.xml '<?xml version="1.0" encoding="utf-8"?>
<policy target="CONTINUE" priority="-2000">
  <short>provision-host</short>
  <ingress-zone name="ANY"/>
  <egress-zone name="HOST"/>
</policy>
'
put_firewalld /etc/firewalld/policies/provision-pod-in.xml '<?xml version="1.0" encoding="utf-8"?>
<policy target="ACCEPT">
  <short>provision-pod-in</short>
  <ingress-zone name="ANY"/>
  <egress-zone name="provision-pods"/>
</policy>
'
put_firewalld /etc/firewalld/policies/provision-pod-out.xml '<?xml version="1.0" encoding="utf-8"?>
<policy target="ACCEPT">
  <short>provision-pod-out</short>
  <ingress-zone name="provision-pods"/>
  <egress-zone name="ANY"/>
</policy>
'
end_firewalld
;;
ufw) open_ufw 'route:allow any any ::/0 any fd01::/64 in
route:allow any any fd01::/64 any ::/0 in' ;;
esac
}
# t3 firewall: turned off
t3_check() {
firewall_is_off
}
t3_apply() {
turn_firewall_off
}
