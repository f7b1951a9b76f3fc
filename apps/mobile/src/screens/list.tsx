// A list of one kind of record: a view, searched and sorted, growing as one scrolls; every row says how it stands with the server.
import { limits, type Sort, type View } from '@satchel/model';
import { ArrowDownUp, ChevronDown, Plus, Search, SearchX } from 'lucide-react';
import { useCallback, useDeferredValue, useRef, useState, type ComponentProps } from 'react';
import { Button, Input, SearchField } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { Virtuoso } from 'react-virtuoso';
import { useApp } from '../app-context.tsx';
import { useAction } from '../hooks/use-action.ts';
import { useQuery } from '../hooks/use-query.ts';
import { useModel, useStatus } from '../hooks/use-session.tsx';
import { viewQuery } from '../list/conditions.ts';
import { ListFoot } from '../list/list-foot.tsx';
import { ListRow } from '../list/list-row.tsx';
import { usePull } from '../list/use-pull.ts';
import { AppBar } from '../parts/app-bar.tsx';
import { Empty, Failed, Skeleton } from '../parts/empty.tsx';
import { MenuButton } from '../parts/menu-button.tsx';
import { canCreate } from '../record/offers.ts';

const pageRows = 50;

export function ListPane({ entity }: { readonly entity: string }) {
  const { t } = useTranslation();
  const model = useModel();
  const { engine } = useApp();
  const { run } = useAction();
  const status = useStatus();
  const [params, setParams] = useSearchParams();
  // Kept here too: opening a record leaves the address of the list, and the list is to stay as it was.
  const [chosen, setChosen] = useState(() => params.get('view'));
  const view =
    model.views(entity).find((each) => each.name === (params.get('view') ?? chosen)) ??
    model.defaultView(entity);
  const [search, setSearch] = useState('');
  const [sort, setSort] = useState<Sort | null>(null);
  const [limit, setLimit] = useState(pageRows);
  const sought = useDeferredValue(search.trim());
  const live = useQuery(
    viewQuery(model, view, { search: sought, sort, limit }),
    `list ${entity} ${view.name}`,
  );
  const scroller = useRef<HTMLDivElement>(null);
  const refresh = useCallback(() => void run(() => engine.sync()), [run, engine]);
  const pull = usePull(scroller, refresh);
  const definition = model.entity(entity);
  const isOffline = status?.connection === 'offline' || status?.connection === 'forced-offline';
  const result = live.value;
  const total = result?.total ?? result?.rows.length ?? 0;

  return (
    <div className="screen list-screen" ref={scroller}>
      <AppBar
        title={definition.labelPlural}
        back="/"
        actions={
          canCreate(model, entity, isOffline) && (
            <Link
              className="icon-button accent"
              to={`/e/${entity}/new`}
              aria-label={t('action.newOf', { label: definition.label })}
            >
              <Plus size={24} aria-hidden />
            </Link>
          )
        }
      />
      <div className="list-tools">
        <SearchField
          className="search"
          aria-label={t('list.search', { label: definition.labelPlural })}
          value={search}
          onChange={(text) => {
            setSearch(text);
            setLimit(pageRows);
          }}
        >
          <Search size={16} aria-hidden />
          <Input className="search-input" placeholder={t('list.search', { label: definition.labelPlural })} />
          <Button className="search-clear">{t('action.clear')}</Button>
        </SearchField>
        <div className="list-switches">
          <MenuButton
            label={`${t('list.views')}: ${view.label}`}
            className="pill"
            entries={viewEntries(model.views(entity), view)}
            selected={view.name}
            onChoose={(name) => {
              setSort(null);
              setLimit(pageRows);
              setChosen(name);
              setParams({ view: name }, { replace: true });
            }}
          >
            {view.label} <ChevronDown size={16} aria-hidden />
          </MenuButton>
          <SortMenu view={view} sort={sort} onSort={setSort} />
          {result?.total !== undefined && (
            <span className="list-total">{t('list.total', { count: total })}</span>
          )}
        </div>
      </div>
      {pull.distancePx > 0 && (
        <div className="pull" style={{ height: pull.distancePx }} aria-hidden>
          {t(pull.isArmed ? 'list.release' : 'list.pull')}
        </div>
      )}
      {body()}
    </div>
  );

  function body() {
    if (result === undefined)
      return live.code === null ? <Skeleton /> : <Failed code={live.code} onRetry={live.reload} />;
    if (result.rows.length === 0)
      return (
        <Empty
          icon={SearchX}
          title={sought === '' ? t('list.empty') : t('list.emptySearch', { text: sought })}
          hint={sought === '' ? t('list.emptyView', { view: view.label }) : t('list.emptySearchHint')}
        >
          <ListFoot source={result.source} isAtEnd={false} />
        </Empty>
      );
    const { rows, titles, marks, source } = result;
    return (
      <Virtuoso
        className="rows"
        // The rows are stops of their own; the box around them has no name to say.
        tabIndex={-1}
        style={{ flex: 1 }}
        data={rows}
        increaseViewportBy={400}
        computeItemKey={(_, row) => String(row['id'])}
        endReached={() => {
          if (rows.length >= limit) setLimit((before) => Math.min(before + pageRows, limits.queryRowsMax));
        }}
        itemContent={(_, row) => (
          <ListRow
            entity={entity}
            columns={view.columns}
            row={row}
            titles={titles}
            mark={marks[String(row['id'])] ?? null}
          />
        )}
        context={{ source, isAtEnd: rows.length >= limits.queryRowsMax && total > rows.length }}
        components={listParts}
      />
    );
  }
}

/** The same component at every drawing, so that the foot is not made anew each time. */
const listParts = {
  Footer: ({ context }: { readonly context: ComponentProps<typeof ListFoot> }) => <ListFoot {...context} />,
};

function SortMenu(props: {
  readonly view: View;
  readonly sort: Sort | null;
  readonly onSort: (sort: Sort | null) => void;
}) {
  const { t } = useTranslation();
  const model = useModel();
  const { view, sort } = props;
  const names = [...new Set([...view.columns, ...view.order.map((part) => part.field)])];
  const entries = names.flatMap((name) => {
    const field = model.field(view.entity, name)?.label;
    if (field === undefined) return [];
    return [
      { id: `${name} up`, label: t('list.ascending', { field }) },
      { id: `${name} down`, label: t('list.descending', { field }) },
    ];
  });
  return (
    <MenuButton
      label={t('list.sort')}
      className="pill"
      entries={[{ id: '', label: t('list.sortDefault') }, ...entries]}
      selected={sort === null ? '' : `${sort.field} ${sort.descending ? 'down' : 'up'}`}
      onChoose={(id) => {
        const [field, way] = id.split(' ');
        props.onSort(field ? { field, descending: way === 'down' } : null);
      }}
    >
      <ArrowDownUp size={16} aria-hidden />
    </MenuButton>
  );
}

function viewEntries(views: readonly View[], current: View) {
  const all = views.length === 0 ? [current] : views;
  return all.map((view) => ({ id: view.name, label: view.label }));
}
