import { SIMULATED_PREFIX } from '../../../shared/kernel/simulated.ts';
import { seededRandom } from '../../kernel/random.ts';

export type Tongue = 'en' | 'zh';

/** Who a simulated viewer is: the same in every life of the server. */
export type Persona = {
  userId: string;
  name: string;
  tongue: Tongue;
  /** 0 to 1: how often this one speaks. */
  talk: number;
  follows: boolean;
  buys: boolean;
  enters: boolean;
};

const EN_NAMES = (
  'Ada Amy Ben Cleo Dina Emil Faye Gus Hana Ines Jack Kira Leo Maya Nils Olga Pia Quinn Rosa Sam Tess Uma Vera Will ' +
  'Xena Yuri Zoe Alba Bruno Carla Dario Elsa Finn Greta Hugo Iris Jonas Klara Luca Mira Noah Otto Paula Ruth Sven'
).split(' ');
const EN_TAILS = ['', '', '', '_s', '.h', ' M.', ' B.', '88', '_knits', ' K.', '21', '_home', ' R.', '_ok'];
const ZH_NAMES = (
  '小雨 阿梅 晓晓 大海 小鱼 云朵 阿杰 糖糖 豆豆 青青 老周 小满 月亮 橙子 木木 阿宁 暖暖 可乐 石头 小北 ' +
  '阿福 西西 小鹿 子涵 悠悠 南风 米粒 团子 果果 阿静 小七 沐沐'
).split(' ');
const ZH_TAILS = ['', '', '', '同学', '妈妈', '呀', '不熬夜', '爱喝茶', '的店', '_123', '在路上', '吃饱了'];

/** Persona `no`, from 1. A pure function of its number. */
export function personaOf(no: number): Persona {
  const random = seededRandom(no * 7919);
  // The first numbers of neighbouring seeds are alike.
  for (let i = 0; i < 4; i += 1) random.next();
  const tongue: Tongue = random.next() < 0.5 ? 'en' : 'zh';
  const pick = <T>(of: readonly T[], at: number): T => of[Math.floor(at * of.length) % of.length] as T;
  const [names, tails] = tongue === 'en' ? [EN_NAMES, EN_TAILS] : [ZH_NAMES, ZH_TAILS];
  return {
    userId: `${SIMULATED_PREFIX}${no}`,
    name: pick(names, random.next()) + pick(tails, random.next()),
    tongue,
    talk: random.next() ** 2,
    follows: random.next() < 0.7,
    buys: random.next() < 0.6,
    enters: random.next() < 0.65,
  };
}
