import { BlockList, isIP } from 'node:net';

/** IANA IPv4 and IPv6 Special-Purpose Address Registries: what is not reachable from the internet, with instance metadata (169.254.169.254, fd00:ec2::254) among it. */
const special = [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.88.99.0', 24],
  ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4],
] as const;
/** Of IPv6 only what is given out to networks; some of it stands for other addresses or for none. */
const given = ['2000::', 3] as const;
const notGiven = [['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['3fff::', 20]] as const;

/** Is this an address of the public internet? A name is none. */
export function isPublicAddress(address: string): boolean {
  const kind = isIP(address);
  if (kind === 0) return false;
  const blocked = new BlockList();
  if (kind === 4) {
    for (const [net, prefix] of special) blocked.addSubnet(net, prefix, 'ipv4');
    return !blocked.check(address, 'ipv4');
  }
  const allowed = new BlockList();
  allowed.addSubnet(...given, 'ipv6');
  for (const [net, prefix] of notGiven) blocked.addSubnet(net, prefix, 'ipv6');
  return allowed.check(address, 'ipv6') && !blocked.check(address, 'ipv6');
}
