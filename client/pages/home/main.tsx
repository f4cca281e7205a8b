import { signal } from '@preact/signals';
import { render } from 'preact';
import { personStorage } from '../../model/demo-person.ts';
import { isDemoServer } from '../../model/page.ts';
import { applyTheme } from '../shared/theme-switch.tsx';
import { createHomeModel } from './home-model.ts';
import { HomePage } from './home-page.tsx';
import '../tokens.css';
import '../base.css';
import '../../ui/button.css';

applyTheme('system');
const isDemo = signal<boolean | null>(null);
const model = createHomeModel();
const app = document.getElementById('app');
if (app !== null) {
  render(<HomePage model={model} isDemo={isDemo} storage={personStorage()} />, app);
}
isDemo.value = await isDemoServer();
