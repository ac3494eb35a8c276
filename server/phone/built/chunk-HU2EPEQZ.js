var s=class extends Error{constructor(r,t){super(r,{cause:t}),this.name=r}};export{s as a};
