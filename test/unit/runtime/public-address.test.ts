import { expect, it } from 'vitest';
import { isPublicAddress } from '../../../runtime/public-address.ts';

it.each(['8.8.8.8', '52.95.110.1', '2600:1f18::1', '2a05:d018::1'])('%s is an address of the public internet', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

it.each([
  '127.0.0.1', '0.0.0.0', '10.1.2.3', '100.64.1.1', '169.254.169.254', '169.254.170.2', '172.16.0.1', '172.31.255.255', '192.168.1.1', '192.0.0.8', '198.18.0.1', '224.0.0.1', '255.255.255.255',
  '::1', '::', 'fe80::1', 'fd00:ec2::254', 'fc00::1', '::ffff:169.254.169.254', '::ffff:8.8.8.8', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::1', '2001:db8::1', 'ff02::1', 'localhost', '',
])('%s is none', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});
