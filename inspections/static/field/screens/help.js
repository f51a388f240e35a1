// How it is used: the way of a visit, and the keys for whoever has a keyboard.

import { html } from "../../npm/lit-html/lit-html.js";

const STEPS = [
  ["出发前", "在有网络的地方点“下载资料”。企业、检查表、隐患库和上次的隐患都存到手机。"],
  ["到场", "打开企业，点要做的检查。位置能取到就记下，取不到也能开始。"],
  ["检查", "每项点“符合、不符合、不涉及”。点错了，6 秒内可以“撤销”，以后也能再点别的。点“不符合”会带你登记隐患，来不及就“稍后登记”。"],
  ["隐患", "先拍照，再从隐患库选；点照片可以画箭头和圆圈。没写完关掉也不丢，回到“隐患”里有草稿。重大隐患一有信号就上报。"],
  ["签字", "把摘要念给负责人听，请他签字；拒签写原因和见证人。"],
  ["同步", "有信号自动上传，也可以点“立即同步”。服务器收到的每条记录、每张照片都有回执。没有回执的不会从手机删除。"],
];

const KEYS = [["/", "搜索"], ["j 或 ↓", "下一张卡片"], ["k 或 ↑", "上一张卡片"], ["1 2 3", "符合、不符合、不涉及"], ["Esc", "关闭弹出的页面"], ["?", "本说明"]];

export function open() {
  return {
    title: "怎么用",
    back: "#/me",
    view: () => html`
      ${STEPS.map(([title, words]) => html`<section class="card"><h2>${title}</h2><p>${words}</p></section>`)}
      <h2>键盘</h2>
      <dl class="card facts">${KEYS.map(([key, words]) => html`<dt><kbd>${key}</kbd></dt><dd>${words}</dd>`)}</dl>
      <h2>没有网络时</h2>
      <p>登录、下载资料和上传要有网络，其余都不用。登录过期也能继续检查，同步时会请你重新登录。</p>`,
  };
}
