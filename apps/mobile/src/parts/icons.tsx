// Icons that a model may name, and the ones the app itself uses. An unknown name gets a plain one.
import {
  AlertTriangle, Archive, ArrowLeftRight, BadgeCheck, Ban, Bell, Boxes, Box, Briefcase, Building, Building2, Calendar, Check, CheckCheck, CircleCheck, CirclePause,
  CirclePlay, ClipboardList, Clock, Contact, Cpu, FileText, Flag, Hammer, HardDrive, History, Inbox, Link2, List, ListChecks, Lock, Mail, MapPin, MessageSquare,
  Monitor, Package, Pause, Phone, Play, Printer, RefreshCw, RotateCcw, Server, Settings, ShieldCheck, Siren, StickyNote, Store, Tag, Ticket, Truck, Undo2, User, UserCheck, UserPlus, Users, Wrench, X, Zap,
  type LucideIcon,
} from 'lucide-react';

const icons: Readonly<Record<string, LucideIcon>> = {
  alert: AlertTriangle, 'alert-triangle': AlertTriangle, 'triangle-alert': AlertTriangle, archive: Archive, 'arrow-left-right': ArrowLeftRight, 'badge-check': BadgeCheck, ban: Ban, bell: Bell, box: Box, boxes: Boxes,
  briefcase: Briefcase, building: Building, 'building-2': Building2, calendar: Calendar, check: Check, 'check-check': CheckCheck, 'check-circle': CircleCheck, 'circle-check': CircleCheck, clipboard: ClipboardList, 'clipboard-list': ClipboardList,
  clock: Clock, contact: Contact, cpu: Cpu, 'file-text': FileText, flag: Flag, hammer: Hammer, 'hard-drive': HardDrive, history: History, inbox: Inbox, link: Link2, list: List, 'list-checks': ListChecks, tasks: ListChecks, lock: Lock,
  mail: Mail, 'map-pin': MapPin, message: MessageSquare, 'message-square': MessageSquare, monitor: Monitor, note: StickyNote, package: Package, pause: Pause, 'circle-pause': CirclePause, phone: Phone, play: Play, 'circle-play': CirclePlay,
  printer: Printer, refresh: RefreshCw, 'refresh-cw': RefreshCw, reopen: RotateCcw, rotate: RotateCcw, 'rotate-ccw': RotateCcw, server: Server, settings: Settings, shield: ShieldCheck, 'shield-check': ShieldCheck, siren: Siren, 'sticky-note': StickyNote,
  store: Store, tag: Tag, ticket: Ticket, truck: Truck, undo: Undo2, user: User, 'user-check': UserCheck, 'user-plus': UserPlus, users: Users, wrench: Wrench, x: X, zap: Zap,
};

export function ModelIcon({ name, size = 20 }: { readonly name: string; readonly size?: number }) {
  const Icon = (Object.hasOwn(icons, name) ? icons[name] : undefined) ?? FileText;
  return <Icon size={size} strokeWidth={1.75} aria-hidden />;
}
