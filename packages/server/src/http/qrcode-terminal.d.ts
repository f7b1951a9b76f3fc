// The package has no types of its own; this is the part we use.
declare module 'qrcode-terminal' {
  const qrcode: {
    generate(text: string, options: { small: boolean }, callback: (drawn: string) => void): void;
  };
  export { qrcode as default };
}
