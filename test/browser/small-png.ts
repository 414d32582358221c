import { crc32, deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const word = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer).reverse();

function chunk(name: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name), data]);
  return Buffer.concat([word(data.length), body, word(crc32(body))]);
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [up - corner, left - corner, left + up - 2 * corner].map(Math.abs) as [number, number, number];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** The colours of all pixels, row by row, of a picture as Chromium writes it: 8 bits a channel, not interlaced. */
function pixelsOf(png: Buffer): { width: number; height: number; pixels: Uint32Array } {
  let [width, height, channels] = [0, 0, 0];
  const packed: Buffer[] = [];
  for (let at = signature.length; at < png.length; at += png.readUInt32BE(at) + 12) {
    const [name, data] = [png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + png.readUInt32BE(at))];
    if (name === 'IHDR') [width, height, channels] = [data.readUInt32BE(0), data.readUInt32BE(4), data[9] === 6 ? 4 : 3];
    if (name === 'IDAT') packed.push(data);
  }
  const bytes = inflateSync(Buffer.concat(packed));
  const length = width * channels;
  const pixels = new Uint32Array(width * height);
  let above = new Uint8Array(length);
  for (let y = 0; y < height; y += 1) {
    const filter = bytes[y * (length + 1)];
    const row = new Uint8Array(length);
    for (let x = 0; x < length; x += 1) {
      const [left, up, corner] = [row[x - channels] ?? 0, above[x] ?? 0, above[x - channels] ?? 0];
      const guess = filter === 1 ? left : filter === 2 ? up : filter === 3 ? (left + up) >> 1 : filter === 4 ? paeth(left, up, corner) : 0;
      row[x] = (bytes[y * (length + 1) + 1 + x] ?? 0) + guess;
    }
    for (let x = 0; x < width; x += 1) pixels[y * width + x] = ((row[x * channels] ?? 0) << 16) | ((row[x * channels + 1] ?? 0) << 8) | (row[x * channels + 2] ?? 0);
    above = row;
  }
  return { width, height, pixels };
}

const distance = (one: number, other: number): number => [16, 8, 0].reduce((sum, shift) => sum + (((one >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0);

/** The same picture with a palette: the 80 colours that are seen most, and for every other the nearest of them. */
export function small(png: Buffer): Buffer {
  const { width, height, pixels } = pixelsOf(png);
  const seen = new Map<number, number>();
  for (const pixel of pixels) seen.set(pixel, (seen.get(pixel) ?? 0) + 1);
  const palette = [...seen].sort(([, a], [, b]) => b - a).slice(0, 80).map(([colour]) => colour);
  const nearest = (colour: number) => palette.reduce((best, candidate, index) => (distance(colour, candidate) < distance(colour, palette[best] ?? 0) ? index : best), 0);
  const indexes = new Map([...seen.keys()].map((colour) => [colour, nearest(colour)]));
  const rows = Buffer.alloc((width + 1) * height);
  pixels.forEach((pixel, at) => (rows[at + Math.floor(at / width) + 1] = indexes.get(pixel) ?? 0));
  const colours = palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]);
  return Buffer.concat([
    signature,
    chunk('IHDR', Buffer.concat([word(width), word(height), Buffer.from([8, 3, 0, 0, 0])])),
    chunk('PLTE', Buffer.from(colours)),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
