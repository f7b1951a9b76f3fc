// Who is here: name and password against the server this app came from. Errors in plain words; what is on the device stays.
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { useApp } from '../app-context.tsx';
import { useCleared, useStatus } from '../hooks/use-session.tsx';
import { useWords } from '../hooks/use-words.ts';
import { codeOf, useErrorWords, type ShownCode } from '../words/error-words.ts';

export function SignInScreen() {
  const { t } = useTranslation();
  const { engine, log } = useApp();
  const words = useErrorWords();
  const navigate = useNavigate();
  const session = useStatus()?.session;
  const cleared = useCleared();
  const { moment } = useWords();
  const again = session?.state === 'expired' ? session.user : null;
  const [login, setLogin] = useState(again?.login ?? '');
  const [password, setPassword] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<ShownCode | 'missing' | null>(null);

  const submit = async () => {
    if (login.trim() === '' || password === '') return setFault('missing');
    setBusy(true);
    setFault(null);
    try {
      await engine.signIn(login.trim(), password);
      await navigate('/', { replace: true });
    } catch (error) {
      const code = codeOf(error);
      if (code === 'unexpected') log('signing in', error);
      setFault(code);
    } finally {
      setBusy(false);
    }
  };

  const faultText = (code: ShownCode | 'missing'): string => {
    if (code === 'missing') return t('signIn.missing');
    if (code === 'waits_for_other') return t('signIn.othersWork');
    return `${words(code).title} ${words(code).advice}`;
  };

  return (
    <main className="sign-in">
      <form
        className="sign-in-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <img className="sign-in-mark" src="/icon.svg" alt="" width={56} height={56} />
        <h1>{t('app.name')}</h1>
        <p className="sign-in-slogan">{again ? t('signIn.again', { name: again.name }) : t('app.slogan')}</p>
        {cleared !== null && (
          <p className="problem" role="status" data-testid="cleared">
            {t(cleared.unsent === 0 ? 'signIn.clearedNothing' : 'signIn.cleared', {
              count: cleared.unsent,
              name: cleared.name,
              when: moment(cleared.asOf),
            })}
          </p>
        )}
        {fault !== null && (
          <p className="problem" role="alert">
            {faultText(fault)}
          </p>
        )}
        <label className="field-label" htmlFor="login">
          {t('signIn.login')}
        </label>
        <input
          className="input"
          id="login"
          name="login"
          autoComplete="username"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          value={login}
          onChange={(event) => setLogin(event.target.value)}
        />
        <label className="field-label" htmlFor="password">
          {t('signIn.password')}
        </label>
        <input
          className="input"
          id="password"
          name="password"
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Button className="button wide" data-tone="primary" type="submit" isDisabled={isBusy}>
          {t(isBusy ? 'signIn.busy' : 'signIn.submit')}
        </Button>
        {again && (
          <Link className="button quiet" to="/">
            {t('signIn.later')}
          </Link>
        )}
        <p className="sign-in-note">
          {t('signIn.server', { host: location.host })}
          <br />
          {t('signIn.first')}
        </p>
      </form>
    </main>
  );
}
