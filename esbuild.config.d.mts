export declare function functionNames(): string[];
export declare function build(): Promise<{ name: string; bytes: number }[]>;
