/** One sheet inside the page, allowed by its hash: nothing is fetched. Colours have a contrast of 4.5 and more, light and dark. */
export const style = `
:root{color-scheme:light dark;--paper:#fff;--soft:#f6f4f3;--ink:#1b1b1f;--quiet:#55555f;--line:#d4d4dc;--edge:#7d7d88;--bad:#a3150f;--warn:#7a4a00;--good:#0f5c26;--focus:#0b57d0}
@media(prefers-color-scheme:dark){:root{--paper:#16161a;--soft:#222026;--ink:#e8e8ee;--quiet:#b0b0bc;--line:#3a3a44;--edge:#858592;--bad:#ffb4ab;--warn:#ffd08a;--good:#8ce0a0;--focus:#a8c7fa}}
*{box-sizing:border-box}
body{font:1rem/1.5 system-ui,sans-serif;max-width:54rem;margin:0 auto;padding:1.5rem 1rem;overflow-wrap:anywhere;background:var(--paper);color:var(--ink)}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .5rem}h2{font-size:1.2rem;line-height:1.3;margin:1.8rem 0 .5rem}h3{font-size:1rem;margin:1.2rem 0 .3rem}
p{margin:.5rem 0}ul{padding-left:1.2rem;margin:.3rem 0}li{margin:.25rem 0}
section{border-top:1px solid var(--line);margin-top:2rem}section h2{margin-top:1.2rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.2rem;margin:1.2rem 0}dt{color:var(--quiet)}dd{margin:0}
table{border-collapse:collapse;table-layout:fixed;width:100%}th,td{text-align:left;padding:.4rem .8rem .4rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--quiet);font-weight:600}th:first-child{width:11rem}th:last-child{width:30%}tr:last-child td{border-bottom:0}
small,.quiet{color:var(--quiet)}small{font-size:.85em;font-weight:400}code{font:.9em ui-monospace,monospace}
.bad,.warn,.good{font-weight:600}.bad{color:var(--bad)}.warn{color:var(--warn)}.good{color:var(--good)}
.totals{font-size:1.15rem;font-weight:600}
.first{background:var(--soft);border-left:.35rem solid var(--bad);border-radius:.3rem;padding:.8rem 1rem .6rem;margin:1.5rem 0 1rem}.first h2{color:var(--bad);margin:0 0 .4rem}
form{border:2px solid var(--edge);border-radius:.5rem;margin-top:2rem;padding:1rem}
label{display:block;font-weight:600;margin-bottom:.3rem}
textarea{width:100%;font:inherit;padding:.5rem;border:1px solid var(--edge);border-radius:.3rem;background:var(--paper);color:var(--ink)}
button{font:inherit;font-weight:600;padding:.6rem 1.4rem;margin:.8rem .8rem .4rem 0;border:2px solid currentColor;border-radius:.4rem;background:var(--paper);cursor:pointer;min-height:2.75rem}
button:hover{background:var(--soft)}button.yes{color:var(--good)}button.no{color:var(--bad)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
@media(min-width:36.01rem){li wbr{display:none}}
@media(max-width:36rem){body{padding:1rem}h1{font-size:1.4rem}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}button{width:100%;margin-right:0;padding-inline:.5rem}
table,tbody,tr,td{display:block}thead,td:empty{display:none}tr{border-bottom:1px solid var(--line);padding:.4rem 0}tr:last-child,td{border:0}td{padding:0}
td:nth-child(-n+2){display:inline}td:first-child{font-weight:600}td:first-child::after{content:" "}td:nth-child(3)::before{content:"Properties: ";color:var(--quiet)}}
`;
