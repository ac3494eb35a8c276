import{a as o}from"./chunk-FXLYMRZU.js";function d(t,c){let e=URL.createObjectURL(t);o("a",{href:e,download:c}).click(),setTimeout(()=>URL.revokeObjectURL(e),6e4)}export{d as a};
