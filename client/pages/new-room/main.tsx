import { render } from 'preact';
import { applyTheme } from '../shared/theme-switch.tsx';
import { NewRoomPage } from './new-room-page.tsx';
import '../tokens.css';
import '../base.css';
import '../../ui/button.css';

applyTheme('system');
const app = document.getElementById('app');
if (app !== null) render(<NewRoomPage />, app);
