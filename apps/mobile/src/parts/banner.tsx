// Across the top of every screen while something about the connection matters; said once to screen readers, not on every screen.
import { CloudOff, History, KeyRound, PlugZap, Sparkles, WifiOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import { useApp } from '../app-context.tsx';
import { useStatus } from '../hooks/use-session.tsx';
import { bannerWord, type BannerWord } from '../words/sync-word.ts';
import { useErrorWords } from '../words/error-words.ts';
import { useToast } from './toast.tsx';

export function Banner() {
  const { t } = useTranslation();
  const { updates } = useApp();
  const { announce } = useToast();
  const status = useStatus();
  const { pathname } = useLocation();
  const errorWords = useErrorWords();
  const [hasUpdate, setHasUpdate] = useState(false);
  useEffect(() => updates.subscribe(setHasUpdate), [updates]);
  const word = status === null ? null : bannerWord(status);
  useEffect(() => {
    if (word !== null) announce(t(`banner.${word}`));
  }, [word, announce, t]);
  const problem = status?.problem ?? null;
  const setBack = status?.setBack ?? null;
  const isSilent = word === null && problem === null && setBack === null && !hasUpdate;
  if (isSilent) return null;
  return (
    <section aria-label={t('banner.label')}>
      {word !== null && (
        <div className="banner" data-state={word} data-testid="banner">
          <BannerIcon word={word} />
          <strong>{t(`banner.${word}`)}</strong>
          {word !== 'expired' && <span className="banner-hint">{t(`banner.${word}Hint`)}</span>}
          {word === 'forced' && pathname !== '/offline' && (
            <Link className="banner-action" to="/offline">
              {t('banner.change')}
            </Link>
          )}
          {word === 'expired' && (
            <Link className="banner-action" to="/sign-in">
              {t('action.signIn')}
            </Link>
          )}
        </div>
      )}
      {word === null && problem !== null && (
        <div className="banner" data-state="problem" data-testid="banner">
          <PlugZap size={16} aria-hidden />
          <strong>{errorWords(problem).title}</strong>
          <span className="banner-hint">{errorWords(problem).advice}</span>
        </div>
      )}
      {setBack !== null && (
        <div className="banner" data-state="set-back" data-testid="set-back">
          <History size={16} aria-hidden />
          <strong>{t('banner.setBack')}</strong>
          <span className="banner-hint">{t('banner.setBackHint', { count: setBack.changes })}</span>
        </div>
      )}
      {hasUpdate && (
        <div className="banner" data-state="update">
          <Sparkles size={16} aria-hidden />
          <strong>{t('banner.update')}</strong>
          <Button className="banner-action" onPress={() => updates.apply()}>
            {t('banner.updateAction')}
          </Button>
        </div>
      )}
    </section>
  );
}

function BannerIcon({ word }: { readonly word: Exclude<BannerWord, null> }) {
  switch (word) {
    case 'forced':
      return <CloudOff size={16} aria-hidden />;
    case 'offline':
      return <WifiOff size={16} aria-hidden />;
    case 'degraded':
      return <PlugZap size={16} aria-hidden />;
    case 'expired':
      return <KeyRound size={16} aria-hidden />;
  }
}
