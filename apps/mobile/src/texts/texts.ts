// The words of the app, opened once by the entry file.
import { createInstance, type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en.ts';
import { enErrors } from './en-errors.ts';

/** Plurals by `count`; nothing is escaped because React does that. */
export function openTexts(): i18n {
  const texts = createInstance();
  void texts.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    initAsync: false,
    resources: { en: { translation: { ...en, errors: enErrors } } },
    interpolation: { escapeValue: false },
  });
  return texts;
}
