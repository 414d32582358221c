import { execFileSync } from 'node:child_process';
import { BlobReader, BlobWriter, TextReader, ZipReader, ZipWriter } from '@zip.js/zip.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalZip, isZip } from '../../../domain/equal-zip.ts';
import { incomingPrefix, readPackaged } from '../../../domain/packaged.ts';
import { manifest, pairReferences, refuseForeign, rewrite, urlReferences } from '../../../domain/seal.ts';

async function zip(files: readonly (readonly [string, string])[], at: Date): Promise<Uint8Array> {
  const writer = new ZipWriter(new BlobWriter());
  for (const [name, text] of files) await writer.add(name, new TextReader(text), { lastModDate: at, externalFileAttributes: 0o100755 << 16, versionMadeBy: 0x0314 });
  return new Uint8Array(await (await writer.close()).arrayBuffer());
}

describe('an archive', () => {
  it('is the same whatever the order and the time it was made in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), fc.string()), { minLength: 1, maxLength: 6, selector: ([name]) => name }), async (files) => {
        const one = equalZip(await zip(files, new Date('2020-01-02T03:04:06')));
        const other = equalZip(await zip([...files].reverse(), new Date('2026-11-21T10:00:00')));
        expect(Buffer.compare(one, other)).toBe(0);
      }),
      { numRuns: 25 },
    );
  });

  it('keeps what is in it, and who may run it', async () => {
    const reader = new ZipReader(new BlobReader(new Blob([new Uint8Array(equalZip(await zip([['run.sh', 'echo']], new Date())))])));
    const [entry] = await reader.getEntries();
    expect(entry?.filename).toBe('run.sh');
    expect(((entry?.externalFileAttributes ?? 0) >>> 16) & 0o777).toBe(0o755);
    expect(entry !== undefined && !entry.directory && (await (await entry.getData(new BlobWriter())).text())).toBe('echo');
  });

  it.each(['../evil', 'a/../../evil', '/etc/passwd'])('that holds %s is refused', async (name) => {
    // The library writes no such name, so it is put into the bytes of an archive with a harmless one of the same length.
    const harmless = 'q'.repeat(name.length);
    const bytes = Buffer.from(Buffer.from(await zip([[harmless, 'x']], new Date())).toString('latin1').replaceAll(harmless, name), 'latin1');
    expect(() => equalZip(bytes)).toThrow(/^Sealing the artifact: an archive/);
  });

  it('that is broken is refused', () => {
    expect(() => equalZip(Buffer.from('PK\u0003\u0004 and nothing else'))).toThrow(/^Sealing the artifact: an archive cannot be read/);
  });

  it('that ends too early is refused, wherever it was cut', async () => {
    const whole = await zip([['a', 'one'], ['b', 'two']], new Date());
    for (let length = 0; length < whole.length; length += 1) expect(() => equalZip(whole.subarray(0, length))).toThrow(/^Sealing the artifact: an archive cannot be read/);
  });

  it('that holds a name twice is refused, for one of them would win by chance', async () => {
    const bytes = Buffer.from(Buffer.from(await zip([['first', 'x'], ['other', 'y']], new Date())).toString('latin1').replaceAll('other', 'first'), 'latin1');
    expect(() => equalZip(bytes)).toThrow(/first twice/);
  });

  it('from a system without Unix permissions can be read by Lambda all the same', async () => {
    const writer = new ZipWriter(new BlobWriter());
    await writer.add('code.js', new TextReader('x'), { externalFileAttributes: 0, versionMadeBy: 20, msDosCompatible: true });
    const bytes = equalZip(new Uint8Array(await (await writer.close()).arrayBuffer()));
    const [entry] = await new ZipReader(new BlobReader(new Blob([new Uint8Array(bytes)]))).getEntries();
    expect((entry?.externalFileAttributes ?? 0) >>> 16).toBe(0o100644);
  });

  it('of another tool is read by another tool again', () => {
    const python = "import io,sys,zipfile;b=io.BytesIO();z=zipfile.ZipFile(b,'w',zipfile.ZIP_DEFLATED);z.writestr('d/','');z.writestr('d/\u00e4.txt','hello'*50);z.writestr('a',b'');z.close();sys.stdout.buffer.write(b.getvalue())";
    const made = execFileSync('python3', ['-c', python]);
    const check = "import io,sys,zipfile;z=zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()));assert z.testzip() is None;print(','.join(z.namelist()),len(z.read('d/\u00e4.txt')))";
    expect(execFileSync('python3', ['-c', check], { input: equalZip(made), env: { ...process.env, PYTHONIOENCODING: 'utf8' } }).toString()).toBe('a,d/\u00e4.txt 250\n');
  });

  it('is known by how it begins', async () => {
    expect(isZip(await zip([['a', 'b']], new Date()))).toBe(true);
    expect(isZip(new TextEncoder().encode('Resources: {}'))).toBe(false);
  });
});

describe('references of a packaged template', () => {
  const bucket = 'artifacts';
  const prefix = 'incoming/orders/AROA:AWSCodeBuild-1/';

  it.each([
    `CodeUri: s3://artifacts/${prefix}abc`,
    `TemplateURL: https://s3.eu-west-1.amazonaws.com/artifacts/${prefix}abc`,
    `TemplateURL: https://artifacts.s3.eu-west-1.amazonaws.com/${prefix}abc`,
    `TemplateURL: http://127.0.0.1:4566/artifacts/${prefix}abc`,
  ])('%s', (text) => {
    expect(urlReferences(text, bucket)).toEqual([`${prefix}abc`]);
  });

  it('are found in pairs of properties too', () => {
    expect(pairReferences({ Resources: { F: { Properties: { Code: { S3Bucket: bucket, S3Key: `${prefix}f` } } }, G: { Code: [{ S3Bucket: 'another', S3Key: 'g' }] } } }, bucket)).toEqual([`${prefix}f`]);
  });

  it('to what this build did not write are refused', () => {
    expect(() => { refuseForeign([`${prefix}a`, 'sealed/other/b'], prefix); }).toThrow(/refers to sealed\/other\/b, which this build did not write/);
    expect(() => { refuseForeign([`${prefix}a`], prefix); }).not.toThrow();
  });

  it('are rewritten whole, also where one key begins like another', () => {
    expect(rewrite('a: k/1 b: k/12', new Map([['k/1', 's/x'], ['k/12', 's/y']]))).toBe('a: s/x b: s/y');
  });
});

it('the digest names every object, in whatever order they were sealed', () => {
  const object = (key: string) => ({ key, sha256: key, bytes: 1 });
  const one = manifest('orders', [object('t')], [object('a'), object('b')]);
  expect(manifest('orders', [object('t')], [object('b'), object('a')])).toEqual(one);
  expect(manifest('orders', [object('t')], [object('a'), object('c')]).digest).not.toBe(one.digest);
});

it('a build is looked for only below the prefix that was its own', () => {
  const mine = 'incoming/orders/AROAX:AWSCodeBuild-uuid-1/release.json';
  expect(incomingPrefix(['incoming/orders/AROAX:AWSCodeBuild-uuid-2/release.json', mine], 'orders', 'drawbridge-build-orders:uuid-1')).toBe('incoming/orders/AROAX:AWSCodeBuild-uuid-1/');
  expect(() => incomingPrefix([mine], 'orders', 'drawbridge-build-orders:uuid-3')).toThrow(/left no release.json/);
});

it('a template keeps its short forms and tells its parameters', () => {
  const packaged = readPackaged('Parameters: { Stage: { Type: String } }\nResources:\n  A: { Type: T, Properties: { B: !Sub "${C}", D: !GetAtt E.F } }\n');
  expect(packaged.parameters).toEqual(['Stage']);
  expect(packaged.text).toContain('!GetAtt E.F');
  expect(() => readPackaged('Parameters: {}')).toThrow(/no Resources/);
  expect(() => readPackaged('a: [')).toThrow(/not YAML/);
});

it.each([
  ['true', true],
  ['True', true],
  ['"true"', true],
  ['"TRUE"', true],
  ['false', false],
  ['"no"', false],
  ['1', false],
])('a parameter with NoEcho: %s is kept from everybody: %s', (written, expected) => {
  expect(readPackaged(`Parameters:\n  Size: { Type: Number }\n  Password: { Type: String, NoEcho: ${written} }\nResources: {}`)).toMatchObject({ parameters: ['Size', 'Password'], noEcho: expected ? ['Password'] : [] });
});
