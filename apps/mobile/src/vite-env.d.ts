/// <reference types="vite/client" />
declare const __APP_VERSION__: string;
declare const __PRECACHE__: readonly { readonly url: string; readonly revision: string }[];
