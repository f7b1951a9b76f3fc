// Light, dark, or as the device: remembered on this device and written on the root element, where the tokens read it.
import type { TextStore } from './app-context.tsx';

export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export function themeOf(texts: TextStore): Theme {
  const kept = texts.get('theme');
  return themes.find((theme) => theme === kept) ?? 'auto';
}

export function applyTheme(texts: TextStore, theme: Theme): void {
  if (theme === 'auto') texts.remove('theme');
  else texts.set('theme', theme);
  if (theme === 'auto') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.setAttribute('data-theme', theme);
}
