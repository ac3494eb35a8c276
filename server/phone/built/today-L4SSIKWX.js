import{a as t}from"./chunk-FXLYMRZU.js";import"./chunk-SQE76S5B.js";async function r({t:o}){return t("div",{},t("h1",{},o("today.title")))}export{r as default};
