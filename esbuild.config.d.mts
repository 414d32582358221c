import type { BuildOptions } from 'esbuild';

export declare function functionNames(): string[];
export declare function bundleOptions(names: readonly string[]): BuildOptions;
export declare function build(): Promise<{ name: string; bytes: number }[]>;
export declare const builderOptions: BuildOptions;
