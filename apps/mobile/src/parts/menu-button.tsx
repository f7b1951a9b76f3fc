// A button that opens a short menu: the view switcher, sorting, a record's further actions.
import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';

export interface MenuEntry {
  readonly id: string;
  readonly label: string;
  readonly tone?: 'danger';
}

export function MenuButton(props: {
  readonly label: string;
  readonly className: string;
  readonly children: ReactNode;
  readonly entries: readonly MenuEntry[];
  readonly selected?: string;
  readonly onChoose: (id: string) => void;
}) {
  return (
    <MenuTrigger>
      <Button className={props.className} aria-label={props.label}>
        {props.children}
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu
          className="menu"
          aria-label={props.label}
          onAction={(key) => props.onChoose(String(key))}
          {...(props.selected === undefined
            ? {}
            : {
                selectionMode: 'single' as const,
                selectedKeys: [props.selected],
                disallowEmptySelection: true,
              })}
        >
          {props.entries.map((entry) => (
            <MenuItem
              key={entry.id}
              id={entry.id}
              className="menu-item"
              data-tone={entry.tone}
              textValue={entry.label}
            >
              <span>{entry.label}</span>
              {entry.id === props.selected && <Check size={18} aria-hidden />}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
