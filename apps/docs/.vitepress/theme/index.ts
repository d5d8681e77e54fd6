// The theme without web fonts: the site asks nobody else for anything.
import theme from 'vitepress/theme-without-fonts';

export default theme;
