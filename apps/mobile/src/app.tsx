// Which screen stands where. On a phone one screen at a time; on a desk the list beside the record. Signed out, there is only signing in.
import { MousePointerClick } from 'lucide-react';
import { lazy, Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, Outlet, Route, Routes, useLocation, useParams } from 'react-router';
import { useApp } from './app-context.tsx';
import { useIsWide } from './hooks/use-media.ts';
import { useBundle, useFault, useStatus } from './hooks/use-session.tsx';
import { Banner } from './parts/banner.tsx';
import { Empty, Skeleton } from './parts/empty.tsx';
import { SideBar, TabBar } from './parts/navigation.tsx';
import { HomeScreen } from './screens/home.tsx';
import { SignInScreen } from './screens/sign-in.tsx';
import { useErrorWords } from './words/error-words.ts';

// What the first screen does not need comes after it: named one by one, fetched together as soon as the first screen stands.
const later = {
  list: () => import('./screens/list.tsx'),
  record: () => import('./screens/record.tsx'),
  edit: () => import('./screens/edit.tsx'),
  outbox: () => import('./screens/outbox.tsx'),
  problem: () => import('./screens/problem.tsx'),
  offline: () => import('./screens/offline.tsx'),
  settings: () => import('./screens/settings.tsx'),
} as const;
const ListPane = lazy(async () => ({ default: (await later.list()).ListPane }));
const RecordScreen = lazy(async () => ({ default: (await later.record()).RecordScreen }));
const CreateScreen = lazy(async () => ({ default: (await later.edit()).CreateScreen }));
const EditScreen = lazy(async () => ({ default: (await later.edit()).EditScreen }));
const OutboxScreen = lazy(async () => ({ default: (await later.outbox()).OutboxScreen }));
const ProblemScreen = lazy(async () => ({ default: (await later.problem()).ProblemScreen }));
const OfflineScreen = lazy(async () => ({ default: (await later.offline()).OfflineScreen }));
const SettingsScreen = lazy(async () => ({ default: (await later.settings()).SettingsScreen }));

export function AppRoutes() {
  const { t } = useTranslation();
  const words = useErrorWords();
  const status = useStatus();
  const fault = useFault();
  const { bundle, model } = useBundle();
  const { log } = useApp();
  useEffect(() => {
    Promise.all(Object.values(later).map((screen) => screen())).catch((error: unknown) =>
      log('fetching screens ahead', error),
    );
  }, [log]);
  if (status === null && fault !== null)
    return <Splash title={words(fault).title} text={words(fault).advice} />;
  if (status === null) return <Splash text={t('app.loading')} />;
  if (status.session.state === 'signed-out') return <SignInScreen />;
  if (bundle === undefined || model === null)
    return <Splash text={status.problem === null ? t('app.loading') : words(status.problem).title} />;
  return (
    <Routes>
      <Route path="/sign-in" element={<SignInScreen />} />
      <Route element={<Shell />}>
        <Route index element={<HomeScreen />} />
        <Route path="/e/:entity" element={<EntityPanes />}>
          <Route index element={<ChooseHint />} />
          <Route path="new" element={<Keyed screen="new" />} />
          <Route path=":id" element={<Keyed screen="record" />} />
          <Route path=":id/edit" element={<Keyed screen="edit" />} />
        </Route>
        <Route path="/outbox" element={<OutboxScreen />} />
        <Route path="/outbox/:mutationId" element={<ProblemScreen />} />
        <Route path="/offline" element={<OfflineScreen />} />
        <Route path="/settings" element={<SettingsScreen />} />
        <Route path="*" element={<Navigate to="/" replace />} />
      </Route>
    </Routes>
  );
}

/** `title`: what is wrong, where something is. */
function Splash({ title, text }: { readonly title?: string; readonly text: string }) {
  const { t } = useTranslation();
  return (
    <main className="splash">
      {title === undefined ? (
        <h1 className="visually-hidden">{t('app.name')}</h1>
      ) : (
        <h1 className="splash-title">{title}</h1>
      )}
      <p role={title === undefined ? undefined : 'alert'}>{text}</p>
    </main>
  );
}

function Shell() {
  const isWide = useIsWide();
  return (
    <div className="shell">
      {isWide && <SideBar />}
      <div className="stage">
        <Banner />
        <main className="stage-main">
          <Suspense fallback={<Skeleton />}>
            <Outlet />
          </Suspense>
        </main>
        {!isWide && <TabBar />}
      </div>
    </div>
  );
}

/** The list stays where it was, scrolled as it was, under or beside the record. */
function EntityPanes() {
  const { entity = '', id } = useParams();
  const { pathname } = useLocation();
  const { model } = useBundle();
  const isWide = useIsWide();
  const isDetail = id !== undefined || pathname.endsWith('/new');
  if (model?.findEntity(entity) === undefined) return <Navigate to="/" replace />;
  return (
    <div className="panes">
      <div className="pane pane-list" data-covered={!isWide && isDetail ? '' : undefined}>
        <ListPane key={entity} entity={entity} />
      </div>
      {(isWide || isDetail) && (
        <div className="pane pane-detail">
          <Outlet />
        </div>
      )}
    </div>
  );
}

function ChooseHint() {
  const { t } = useTranslation();
  return useIsWide() ? (
    <Empty icon={MousePointerClick} title={t('list.choose')} hint={t('list.chooseHint')} />
  ) : null;
}

/** Another record is another screen: nothing of the one before stays in its state. */
function Keyed({ screen }: { readonly screen: 'new' | 'record' | 'edit' }) {
  const { entity, id } = useParams();
  const key = `${entity} ${id}`;
  switch (screen) {
    case 'new':
      return <CreateScreen key={key} />;
    case 'record':
      return <RecordScreen key={key} />;
    case 'edit':
      return <EditScreen key={key} />;
  }
}
