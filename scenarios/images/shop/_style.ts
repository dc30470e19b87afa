/** How the shop looks. */
export const style = `
:root { --curtain: #7d1128; --gold: #c9973f; --paper: #faf6ef; --ink: #2a2024; --soft: #7a6d70; }
* { box-sizing: border-box; margin: 0; }
body { font: 16px/1.5 ui-sans-serif, system-ui, sans-serif; background: var(--paper); color: var(--ink); }
header { background: repeating-linear-gradient(90deg, #6b0e22 0 28px, var(--curtain) 28px 56px); color: #fff;
  border-bottom: 4px solid var(--gold); padding: 1.4rem max(1.5rem, calc(50vw - 36rem)); display: flex; flex-wrap: wrap;
  gap: .3rem 1.2rem; align-items: baseline; }
header h1 { font: 600 1.7rem/1.2 Georgia, "Times New Roman", serif; }
header p { opacity: .8; }
header form { margin-left: auto; display: flex; gap: .5rem; align-items: center; }
main { display: grid; grid-template-columns: 1fr 19rem; gap: 1.5rem; max-width: 75rem; margin: 1.5rem auto; padding: 0 1.5rem; }
.products { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1.2rem; }
article, aside { background: #fff; border: 1px solid #eadfce; border-radius: .8rem; padding: 1.1rem; }
article { display: flex; flex-direction: column; gap: .35rem; }
article > p { color: var(--soft); font-size: .92rem; flex: 1; }
article h2, aside h2 { font: 600 1.1rem/1.3 Georgia, "Times New Roman", serif; }
.picture { font-size: 3.2rem; line-height: 1.2; text-align: center; background: var(--paper); border-radius: .6rem; padding: .5rem; }
article .price { color: var(--ink); flex: 0; display: flex; gap: .5rem; align-items: baseline; font-size: 1rem; }
.price small { margin-left: auto; color: var(--soft); white-space: nowrap; }
.price small.few { color: var(--curtain); font-weight: 600; }
s { color: var(--soft); font-size: .85em; }
aside { align-self: start; display: flex; flex-direction: column; gap: .7rem; }
aside table { width: 100%; border-collapse: collapse; }
aside td { padding: .2rem 0; }
aside td:nth-child(2) { text-align: right; font-variant-numeric: tabular-nums; }
aside td:nth-child(3) { width: 2.4rem; text-align: right; }
.total td { border-top: 1px solid #eadfce; padding-top: .5rem; font-weight: 600; }
aside ul { list-style: none; padding: 0; display: flex; flex-direction: column; gap: .5rem; }
.empty, small, footer { color: var(--soft); }
button { font: inherit; cursor: pointer; border: 0; border-radius: .5rem; padding: .4rem .9rem; background: var(--gold); color: #fff; font-weight: 600; }
button:hover { filter: brightness(1.08); }
button:disabled { opacity: .5; }
button.quiet { background: transparent; color: inherit; border: 1px solid currentColor; padding: .1rem .6rem; opacity: .75; }
button.big { width: 100%; padding: .6rem; background: var(--curtain); }
article button { width: 100%; }
input { font: inherit; width: 8.5rem; padding: .35rem .6rem; border: 0; border-radius: .5rem; }
.notice { width: min(72rem, 100% - 3rem); margin: 1.2rem auto -.3rem; padding: .6rem 1rem; border-radius: .6rem; background: #e4f2e1; }
.notice.bad { background: #fbe3e3; }
footer { text-align: center; font-size: .8rem; padding: 1rem; }
@media (max-width: 52rem) { main { grid-template-columns: 1fr; } header form { margin-left: 0; flex-wrap: wrap; } }
`;
