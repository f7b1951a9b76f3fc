// A sheet from below on a phone, a dialog on a desk. Closed by its cross, by Escape, by a tap beside it.
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useTranslation } from 'react-i18next';

export function Sheet(props: {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly isTall?: boolean;
}) {
  const { t } = useTranslation();
  return (
    <ModalOverlay
      className="sheet-overlay"
      isOpen={props.isOpen}
      onOpenChange={(isOpen) => !isOpen && props.onClose()}
      isDismissable
    >
      <Modal className="sheet" data-tall={props.isTall ? '' : undefined}>
        <Dialog className="sheet-dialog">
          <div className="sheet-head">
            <Heading slot="title" className="sheet-title">
              {props.title}
            </Heading>
            <Button className="icon-button" aria-label={t('action.close')} onPress={props.onClose}>
              <X size={20} aria-hidden />
            </Button>
          </div>
          {props.children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** A question with one act and a way out. */
export function Confirm(props: {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly tone?: 'danger' | 'primary';
  readonly cancel?: string;
  readonly isOpen: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Sheet title={props.title} isOpen={props.isOpen} onClose={props.onClose}>
      <p className="sheet-text">{props.text}</p>
      <div className="sheet-actions">
        <Button
          className="button"
          data-tone={props.tone ?? 'primary'}
          onPress={() => {
            props.onClose();
            props.onConfirm();
          }}
        >
          {props.confirm}
        </Button>
        <Button className="button" onPress={props.onClose}>
          {props.cancel ?? t('action.cancel')}
        </Button>
      </div>
    </Sheet>
  );
}
