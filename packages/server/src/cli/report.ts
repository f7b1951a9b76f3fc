// How a command speaks: results on standard output, progress on standard error and only to a terminal, and with --json one object as the last line.

export interface Voice {
  /** A line for the person. */
  say(line: string): void;
  /** Replaces the line before on a terminal; nothing elsewhere. */
  progress(line: string): void;
  /** A fault, on standard error. */
  warn(line: string): void;
}

/** What a command came to; `figures` stand in the JSON object by name. */
export interface CommandResult {
  readonly ok: boolean;
  readonly figures: Readonly<Record<string, unknown>>;
}

/** Arguments that make no sense: told to the person, exit code 2. */
export interface UsageFault {
  readonly usage: string;
}

export interface Streams {
  readonly out: { write(text: string): unknown };
  readonly err: { write(text: string): unknown; readonly isTTY?: boolean };
}

export function openVoice(streams: Streams): Voice & { close(): void } {
  let hasProgress = false;
  const endProgress = () => {
    if (hasProgress) streams.err.write('\r\x1b[K');
    hasProgress = false;
  };
  return {
    say(line) {
      endProgress();
      streams.out.write(`${line}\n`);
    },
    progress(line) {
      if (!streams.err.isTTY) return;
      streams.err.write(`\r\x1b[K${line}`);
      hasProgress = true;
    },
    warn(line) {
      endProgress();
      streams.err.write(`${line}\n`);
    },
    close: endProgress,
  };
}

/** 0 it worked, 1 it failed, 2 the arguments make no sense. */
export function exitCodeOf(result: CommandResult | UsageFault): 0 | 1 | 2 {
  if ('usage' in result) return 2;
  return result.ok ? 0 : 1;
}
