import {expect, test} from 'vitest';
import {rulesToAskFor} from '../../../source/vm/firewall/rules-to-ask-for.ts';

const out = {
	direction: 'out',
	vm: '10.128.0.2',
	peers: ['10.128.0.254'],
	peer: 'the gateway',
	ports: [15_012, 15_443],
	why: 'istiod and services of the mesh',
} as const;
const inward = {
	...out,
	direction: 'in',
	peers: ['10.20.0.0/16', '192.0.2.7'],
	peer: 'pods',
	ports: [9080],
	why: 'requests',
} as const;

test('from the VM', () => {
	expect(rulesToAskFor(out)).toMatchInlineSnapshot(`
		{
		  "aws": "aws ec2 authorize-security-group-egress --group-id SECURITY_GROUP --ip-permissions 'IpProtocol=tcp,FromPort=15012,ToPort=15012,IpRanges=[{CidrIp=10.128.0.254/32}]'
		aws ec2 authorize-security-group-egress --group-id SECURITY_GROUP --ip-permissions 'IpProtocol=tcp,FromPort=15443,ToPort=15443,IpRanges=[{CidrIp=10.128.0.254/32}]'",
		  "az": "az network nsg rule create -g RESOURCE_GROUP --nsg-name NSG -n meshboard-out-10-128-0-2-15012 --priority 200 --direction Outbound --access Allow --protocol Tcp --source-address-prefixes 10.128.0.2 --destination-address-prefixes 10.128.0.254 --destination-port-ranges 15012 15443",
		  "firewalld": "sudo firewall-cmd --permanent --direct --add-rule ipv4 filter OUTPUT 0 -p tcp -d 10.128.0.254 --dport 15012 -j ACCEPT
		sudo firewall-cmd --permanent --direct --add-rule ipv4 filter OUTPUT 0 -p tcp -d 10.128.0.254 --dport 15443 -j ACCEPT
		sudo firewall-cmd --reload",
		  "gcloud": "gcloud compute firewall-rules create meshboard-out-10-128-0-2-15012 --network NETWORK --direction EGRESS --action ALLOW --rules tcp:15012,tcp:15443 --destination-ranges 10.128.0.254/32",
		  "nftables": "sudo nft insert rule inet filter output ip daddr 10.128.0.254 tcp dport '{ 15012, 15443 }' accept",
		  "text": "Allow TCP ports 15012, 15443 from the VM 10.128.0.2 to the gateway (10.128.0.254): istiod and services of the mesh.",
		  "ufw": "sudo ufw allow out proto tcp to 10.128.0.254 port 15012,15443",
		}
	`);
});

test('to the VM, from several ranges', () => {
	expect(rulesToAskFor(inward)).toMatchInlineSnapshot(`
		{
		  "aws": "aws ec2 authorize-security-group-ingress --group-id SECURITY_GROUP --ip-permissions 'IpProtocol=tcp,FromPort=9080,ToPort=9080,IpRanges=[{CidrIp=10.20.0.0/16}]'
		aws ec2 authorize-security-group-ingress --group-id SECURITY_GROUP --ip-permissions 'IpProtocol=tcp,FromPort=9080,ToPort=9080,IpRanges=[{CidrIp=192.0.2.7/32}]'",
		  "az": "az network nsg rule create -g RESOURCE_GROUP --nsg-name NSG -n meshboard-in-10-128-0-2-9080 --priority 200 --direction Inbound --access Allow --protocol Tcp --source-address-prefixes 10.20.0.0/16 192.0.2.7 --destination-address-prefixes 10.128.0.2 --destination-port-ranges 9080",
		  "firewalld": "sudo firewall-cmd --permanent --add-rich-rule 'rule family="ipv4" source address="10.20.0.0/16" port port="9080" protocol="tcp" accept'
		sudo firewall-cmd --permanent --add-rich-rule 'rule family="ipv4" source address="192.0.2.7" port port="9080" protocol="tcp" accept'
		sudo firewall-cmd --reload",
		  "gcloud": "gcloud compute firewall-rules create meshboard-in-10-128-0-2-9080 --network NETWORK --direction INGRESS --action ALLOW --rules tcp:9080 --source-ranges 10.20.0.0/16,192.0.2.7/32",
		  "nftables": "sudo nft insert rule inet filter input ip saddr 10.20.0.0/16 tcp dport '{ 9080 }' accept
		sudo nft insert rule inet filter input ip saddr 192.0.2.7 tcp dport '{ 9080 }' accept",
		  "text": "Allow TCP port 9080 from pods (10.20.0.0/16, 192.0.2.7) to the VM 10.128.0.2: requests.",
		  "ufw": "sudo ufw allow proto tcp from 10.20.0.0/16 to any port 9080
		sudo ufw allow proto tcp from 192.0.2.7 to any port 9080",
		}
	`);
});

test('IPv6 is named as each tool wants it', () => {
	const rules = rulesToAskFor({...inward, vm: '2001:db8::2', peers: ['2001:db8:1::/64']});
	expect(rules.aws).toContain('Ipv6Ranges=[{CidrIpv6=2001:db8:1::/64}]');
	expect(rules.firewalld).toContain('family="ipv6"');
	expect(rules.nftables).toContain('ip6 saddr 2001:db8:1::/64');
});

test('a range that is not known is a gap in capitals', () => {
	const rules = rulesToAskFor({...inward, peers: ['POD_RANGE']});
	expect(rules.gcloud).toContain('--source-ranges POD_RANGE');
	expect(rules.aws).toContain('CidrIp=POD_RANGE}');
});
