// Which screen stands where. On a phone one screen at a time; on a desk the list beside the record. Signed out, there is only signing in.
import { MousePointerClick } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Navigate, Outlet, Route, Routes, useLocation, useParams } from 'react-router';
import { useIsWide } from './hooks/use-media.ts';
import { useBundle, useStatus } from './hooks/use-session.tsx';
import { Banner } from './parts/banner.tsx';
import { Empty } from './parts/empty.tsx';
import { SideBar, TabBar } from './parts/navigation.tsx';
import { CreateScreen, EditScreen } from './screens/edit.tsx';
import { HomeScreen } from './screens/home.tsx';
import { ListPane } from './screens/list.tsx';
import { OfflineScreen } from './screens/offline.tsx';
import { OutboxScreen } from './screens/outbox.tsx';
import { ProblemScreen } from './screens/problem.tsx';
import { RecordScreen } from './screens/record.tsx';
import { SettingsScreen } from './screens/settings.tsx';
import { SignInScreen } from './screens/sign-in.tsx';
import { useErrorWords } from './words/error-words.ts';

export function AppRoutes() {
  const { t } = useTranslation();
  const words = useErrorWords();
  const status = useStatus();
  const { bundle, model } = useBundle();
  if (status === null) return <p className="splash">{t('app.loading')}</p>;
  if (status.session.state === 'signed-out') return <SignInScreen />;
  if (bundle === undefined || model === null)
    return (
      <p className="splash">{status.problem === null ? t('app.loading') : words(status.problem).title}</p>
    );
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

function Shell() {
  const isWide = useIsWide();
  return (
    <div className="shell">
      {isWide && <SideBar />}
      <div className="stage">
        <Banner />
        <main className="stage-main">
          <Outlet />
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
