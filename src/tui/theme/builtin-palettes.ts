// The built-in colour schemes: what each publishes, dark and light. Where a scheme has only one
// mode, the other is drawn from the same hues. Tones: background, panel, element, border, text,
// muted. Hues: red, orange, yellow, green, cyan, blue, purple, pink.

import type { Palette, Tones } from "./palette";

const LATTE = [
  "eff1f5 e6e9ef dce0e8 bcc0cc 4c4f69 8c8fa1",
  "d20f39 fe640b df8e1d 40a02b 179299 1e66f5 8839ef ea76cb",
] as const satisfies Tones;
const MATERIAL_LIGHT = [
  "fafafa f3f4f5 e7eaec cfd8dc 546e7a 90a4ae",
  "e53935 f76d47 e2931d 91b859 39adb5 6182b8 7c4dff ff5370",
] as const satisfies Tones;

const ORNG: Palette = {
  dark: [
    "0b0a09 151311 1f1c19 3d3630 f2ede8 928a82",
    "e5636a f2793a f0a848 7cc08a 6cb8c4 7ba7e0 b18be0 f09ab0",
  ],
  light: [
    "ffffff f7f4f1 eee9e4 d3cac1 241d17 7d736a",
    "c53541 cf5314 a66b08 2f8046 1f7c8a 2f68b8 7a4cc0 b8446a",
  ],
  roles: "orange yellow pink",
};

/** By name, in the order of the list that people choose from. */
export const BUILTIN_PALETTES: Readonly<Record<string, Palette>> = {
  aura: {
    dark: [
      "15141b 1c1b22 29263c 3d375e edecee 6d6d6d",
      "ff6767 ffca85 ffca85 61ffca 82e2ff 82e2ff a277ff f694ff",
    ],
    light: [
      "f6f4fc edeaf7 e2ddf0 c8c0e0 29263c 7a7590",
      "c43f4f a8651a 8f6a10 1b8a67 2178a3 2178a3 6f42d6 b23dbf",
    ],
    roles: "purple pink green",
    syntax: "purple orange text green green blue purple text muted",
  },
  ayu: {
    dark: [
      "0b0e14 0f131a 131721 2d3640 bfbdb6 626a73",
      "f07178 ff8f40 e6b450 aad94c 95e6cb 59c2ff d2a6ff f29668",
    ],
    light: [
      "fcfcfc f3f4f5 e9ebee d3d7db 5c6166 8a9199",
      "e65050 fa8d3e f2ae49 86b300 4cbf99 399ee6 a37acc ed9366",
    ],
    roles: "yellow blue orange",
    syntax: "orange yellow text green purple blue pink text muted",
  },
  carbonfox: {
    dark: [
      "161616 1c1c1c 282828 484848 f2f4f8 7b7c7e",
      "ee5396 3ddbd9 08bdba 25be6a 33b1ff 78a9ff be95ff ff7eb6",
    ],
    light: [
      "ffffff f4f4f4 e8e8e8 c6c6c6 161616 6f6f6f",
      "da1e28 ba4e00 8e6a00 198038 0072c3 0f62fe 8a3ffc d02670",
    ],
    roles: "blue cyan pink",
    syntax: "purple blue text green orange yellow text muted muted",
  },
  catppuccin: {
    dark: [
      "1e1e2e 181825 313244 45475a cdd6f4 7f849c",
      "f38ba8 fab387 f9e2af a6e3a1 94e2d5 89b4fa cba6f7 f5c2e7",
    ],
    light: LATTE,
    roles: "blue purple pink",
    syntax: "purple blue text green orange yellow cyan muted muted",
  },
  "catppuccin-frappe": {
    dark: [
      "303446 292c3c 414559 51576d c6d0f5 838ba7",
      "e78284 ef9f76 e5c890 a6d189 81c8be 8caaee ca9ee6 f4b8e4",
    ],
    light: LATTE,
    roles: "blue purple pink",
    syntax: "purple blue text green orange yellow cyan muted muted",
  },
  "catppuccin-macchiato": {
    dark: [
      "24273a 1e2030 363a4f 494d64 cad3f5 8087a2",
      "ed8796 f5a97f eed49f a6da95 8bd5ca 8aadf4 c6a0f6 f5bde6",
    ],
    light: LATTE,
    roles: "blue purple pink",
    syntax: "purple blue text green orange yellow cyan muted muted",
  },
  cobalt2: {
    dark: [
      "193549 15232d 1f4662 2f5f82 ffffff 8fa9bb",
      "ff628c ff9d00 ffc600 a5ff90 9effff 0088ff fb94ff ff628c",
    ],
    light: [
      "ffffff f1f6fa e3ecf3 c2d3e0 193549 6b8294",
      "d6315f c96a00 a67c00 2e8a1a 0e8a94 0070d1 a43bb0 d6315f",
    ],
    roles: "yellow blue orange",
    syntax: "orange yellow text green pink cyan orange text blue",
  },
  cursor: {
    dark: [
      "181818 141414 262626 3a3a3a e4e4e4 8b8b8b",
      "fc6b83 efb080 ebc88d 3fa266 88c0d0 81a1c1 aaa0fa e394dc",
    ],
    light: [
      "fcfcfc f3f3f3 ebebeb d4d4d4 1f1f1f 707070",
      "cf2d56 b0662b c08532 1f8a65 4c7f8c 206595 7754c9 b8448b",
    ],
    roles: "cyan blue cyan",
    syntax: "cyan orange text pink yellow blue text text muted",
  },
  dracula: {
    dark: [
      "282a36 21222c 343746 44475a f8f8f2 6272a4",
      "ff5555 ffb86c f1fa8c 50fa7b 8be9fd 6272a4 bd93f9 ff79c6",
    ],
    light: [
      "fffbeb f5f0dc ebe5cc cfcfde 1f1f1f 6c664b",
      "cb3a2a a34d14 846e15 14710a 036a96 4d60a3 644ac9 a3144d",
    ],
    roles: "purple pink cyan",
    syntax: "pink green text yellow purple cyan pink text muted",
  },
  everforest: {
    dark: [
      "2d353b 343f44 3d484d 475258 d3c6aa 859289",
      "e67e80 e69875 dbbc7f a7c080 83c092 7fbbb3 d699b6 d699b6",
    ],
    light: [
      "fdf6e3 f4f0d9 efebd4 e0dcc7 5c6a72 939f91",
      "f85552 f57d26 dfa000 8da101 35a77c 3a94c5 df69ba df69ba",
    ],
    roles: "green blue purple",
    syntax: "red green text cyan purple yellow orange muted muted",
  },
  flexoki: {
    dark: [
      "100f0f 1c1b1a 282726 403e3c cecdc3 878580",
      "d14d41 da702c d0a215 879a39 3aa99f 4385be 8b7ec8 ce5d97",
    ],
    light: [
      "fffcf0 f2f0e5 e6e4d9 cecdc3 100f0f 6f6e69",
      "af3029 bc5215 ad8301 66800b 24837b 205ea6 5e409d a02f6f",
    ],
    roles: "cyan blue purple",
    syntax: "green orange blue cyan purple yellow muted muted muted",
  },
  github: {
    dark: [
      "0d1117 161b22 21262d 30363d e6edf3 8b949e",
      "ff7b72 ffa657 d29922 3fb950 a5d6ff 79c0ff d2a8ff f778ba",
    ],
    light: [
      "ffffff f6f8fa eaeef2 d0d7de 24292f 57606a",
      "cf222e 953800 9a6700 1a7f37 0a3069 0969da 8250df bf3989",
    ],
    roles: "blue purple pink",
    syntax: "red purple orange cyan blue orange red text muted",
  },
  gruvbox: {
    dark: [
      "282828 32302f 3c3836 665c54 ebdbb2 928374",
      "fb4934 fe8019 fabd2f b8bb26 8ec07c 83a598 d3869b d3869b",
    ],
    light: [
      "fbf1c7 f2e5bc ebdbb2 bdae93 3c3836 7c6f64",
      "9d0006 af3a03 b57614 79740e 427b58 076678 8f3f71 8f3f71",
    ],
    roles: "blue purple cyan",
    syntax: "red green blue green purple yellow orange text muted",
  },
  kanagawa: {
    dark: [
      "1f1f28 16161d 2a2a37 54546d dcd7ba 727169",
      "e46876 ffa066 e6c384 98bb6c 7aa89f 7e9cd8 957fb8 d27e99",
    ],
    light: [
      "f2ecbc e7dba0 e5ddb0 c7bd87 545464 8a8980",
      "c84053 cc6d00 77713f 6f894e 597b75 4d699b 624c83 b35b79",
    ],
    roles: "blue purple yellow",
    syntax: "purple blue text green pink cyan yellow muted muted",
  },
  "lucent-orng": { ...ORNG, lucent: true },
  material: {
    dark: [
      "263238 1e272c 314549 4a6069 eeffff 7c919b",
      "f07178 f78c6c ffcb6b c3e88d 89ddff 82aaff c792ea ff9cac",
    ],
    light: MATERIAL_LIGHT,
    roles: "blue purple cyan",
    syntax: "purple blue text green orange yellow cyan cyan muted",
  },
  matrix: {
    dark: [
      "0d0208 08120a 0c1f10 00561a 7dff9b 008f11",
      "ff5a4f ffb000 d5ff4f 00ff41 3dffc5 4fd0ff a0ffb0 8affc0",
    ],
    light: [
      "f3fbf4 e6f4e8 d8ebdb a9d0b0 003b00 4f7d57",
      "b3261e a06000 6b7a00 007a1f 00806a 00659c 3f7a20 1f8050",
    ],
    roles: "green cyan yellow",
    syntax: "green cyan text yellow orange cyan green muted muted",
  },
  mercury: {
    dark: [
      "16171d 1d1f27 272a34 3f4451 dfe1e8 8b91a1",
      "e88893 e8b37d ddc98a 8fc7a0 8bbfd1 9aa9f5 b6a2ee d6a4cf",
    ],
    light: [
      "fbfbfd f2f3f7 e7e9f0 cdd1dc 23252f 6f7586",
      "c13a4b b06a1f 8f7410 2b7f4f 22748c 4a5bd0 7447c2 a8438f",
    ],
    roles: "blue purple cyan",
  },
  monokai: {
    dark: [
      "272822 1e1f1c 3e3d32 575649 f8f8f2 88846f",
      "f92672 fd971f e6db74 a6e22e 66d9ef 66d9ef ae81ff f92672",
    ],
    light: [
      "fafaf5 f1f1e8 e6e6da cdcdbd 272822 75715e",
      "d1115a b85c00 8a7a00 5b8a00 0f7d94 0f7d94 6d3fd1 d1115a",
    ],
    roles: "cyan purple green",
    syntax: "red green text yellow purple cyan red text muted",
  },
  nightowl: {
    dark: [
      "011627 01111d 0b2942 1d3b53 d6deeb 637777",
      "ff5874 f78c6c ecc48d addb67 7fdbca 82aaff c792ea ff869a",
    ],
    light: [
      "fbfbfb f0f0f0 e6e6e6 d0d0d0 403f53 878c9c",
      "de3d3b c96765 c79a00 08916a 0c969b 4876d6 994cc3 aa0982",
    ],
    roles: "blue cyan purple",
    syntax: "purple blue text yellow orange green cyan cyan muted",
  },
  nord: {
    dark: [
      "2e3440 3b4252 434c5e 4c566a e5e9f0 7b88a1",
      "bf616a d08770 ebcb8b a3be8c 88c0d0 81a1c1 b48ead b48ead",
    ],
    light: [
      "eceff4 e5e9f0 d8dee9 b8c3d5 2e3440 4c566a",
      "a8434d ad5f44 94701f 5f7f45 3a7d91 4a6d99 86577e 86577e",
    ],
    roles: "cyan blue purple",
    syntax: "blue cyan text green purple cyan blue text muted",
  },
  "one-dark": {
    dark: [
      "282c34 21252b 2f343e 4b5263 abb2bf 7f848e",
      "e06c75 d19a66 e5c07b 98c379 56b6c2 61afef c678dd c678dd",
    ],
    light: [
      "fafafa f0f0f1 e5e5e6 d0d0d1 383a42 8e8f96",
      "e45649 986801 c18401 50a14f 0184bc 4078f2 a626a4 ca1243",
    ],
    roles: "blue purple cyan",
    syntax: "purple blue red green orange yellow cyan text muted",
  },
  opencode: {
    dark: [
      "0a0a0a 141414 1e1e1e 484848 eeeeee 808080",
      "e06c75 f5a742 e5c07b 7fd88f 56b6c2 5c9cf5 9d7cd8 d89ac4",
    ],
    light: [
      "ffffff f5f5f5 ebebeb b8b8b8 1a1a1a 757575",
      "c9303c b96a10 93700f 2f8540 1b7f8f 2a66c4 7446bd a8477f",
    ],
    roles: "fab283 blue purple",
    lightRoles: "a9561f blue purple",
    syntax: "purple fab283 red green orange yellow cyan text muted",
    only: { dark: { diffAddedBg: "20303b", diffRemovedBg: "37222c" } },
  },
  orng: ORNG,
  "osaka-jade": {
    dark: [
      "111c18 16241f 23372b 3c5a4a c1c497 53685b",
      "ff5345 e5a736 e5c736 63b07a 2dd5b7 8cd3cb d2689c db9f9c",
    ],
    light: [
      "f6f5dd edecd0 e2e2c2 c4c8a2 23372b 66776b",
      "c0392b a56a00 8a7400 2f7d4f 0f8a78 2f7f86 a13a70 a8605c",
    ],
    roles: "green cyan pink",
    syntax: "cyan green text yellow pink blue red text muted",
  },
  palenight: {
    dark: [
      "292d3e 202331 34324a 4e5579 bfc7d5 697098",
      "ff5572 f78c6c ffcb6b c3e88d 89ddff 82aaff c792ea ff869a",
    ],
    light: MATERIAL_LIGHT,
    roles: "blue purple cyan",
    syntax: "purple blue text green orange yellow cyan cyan muted",
  },
  rosepine: {
    dark: [
      "191724 1f1d2e 26233a 403d52 e0def4 6e6a86",
      "eb6f92 f6c177 f6c177 9ccfd8 9ccfd8 31748f c4a7e7 ebbcba",
    ],
    light: [
      "faf4ed f4ede4 f2e9e1 dfdad9 575279 9893a5",
      "b4637a ea9d34 ea9d34 286983 56949f 286983 907aa9 d7827e",
    ],
    roles: "cyan purple pink",
    syntax: "blue pink text yellow pink cyan muted muted muted",
  },
  solarized: {
    dark: [
      "002b36 073642 0d4250 275763 93a1a1 657b83",
      "dc322f cb4b16 b58900 859900 2aa198 268bd2 6c71c4 d33682",
    ],
    light: [
      "fdf6e3 f5eeda eee8d5 d3cbb7 586e75 93a1a1",
      "dc322f cb4b16 b58900 859900 2aa198 268bd2 6c71c4 d33682",
    ],
    roles: "blue purple cyan",
    syntax: "green blue text cyan pink yellow green muted muted",
  },
  synthwave84: {
    dark: [
      "262335 241b2f 34294f 495495 ffffff 848bbd",
      "fe4450 ff8b39 fede5d 72f1b8 36f9f6 03edf9 c792ea ff7edb",
    ],
    light: [
      "fbf8ff f3edfb e9e0f5 cdbfe3 262335 736b94",
      "d02a42 bf5a10 937600 1a8560 0b818c 0b7d9e 7f3fc0 c02f96",
    ],
    roles: "pink cyan purple",
    syntax: "yellow cyan pink orange red red yellow text muted",
  },
  tokyonight: {
    dark: [
      "1a1b26 16161e 24283b 3b4261 c0caf5 565f89",
      "f7768e ff9e64 e0af68 9ece6a 7dcfff 7aa2f7 bb9af7 ff75a0",
    ],
    light: [
      "e1e2e7 d5d8e2 cbd0dd a8aecb 3760bf 6172b0",
      "f52a65 b15c00 8c6c3e 587539 007197 2e7de9 9854f1 d20065",
    ],
    roles: "blue purple cyan",
    syntax: "purple blue text green orange cyan cyan text muted",
  },
  vercel: {
    dark: [
      "000000 0a0a0a 1a1a1a 333333 ededed 878787",
      "ff6166 ffb224 f2a700 62c073 0ac7b4 52a8ff bf7af0 f75f8f",
    ],
    light: [
      "ffffff fafafa f2f2f2 dcdcdc 171717 666666",
      "cb2a2f a35200 8f6400 297a3a 067a6e 0068d6 7820bc bd2864",
    ],
    roles: "blue purple pink",
    syntax: "pink purple text green blue cyan pink text muted",
  },
  vesper: {
    dark: [
      "101010 161616 232323 343434 ffffff a0a0a0",
      "ff8080 ffc799 ffc799 99ffe4 99ffe4 b0b0b0 d9c7ff ffb3c7",
    ],
    light: [
      "fafafa f1f1f1 e6e6e6 cfcfcf 101010 707070",
      "c23b3b a85f1e a85f1e 137a64 137a64 5c5c5c 6d52b5 b04468",
    ],
    roles: "orange green orange",
    syntax: "muted orange text cyan orange orange muted muted 8b8b8b",
  },
  zenburn: {
    dark: [
      "3f3f3f 383838 4f4f4f 6f6f6f dcdccc 9f9f9f",
      "cc9393 dfaf8f f0dfaf 8fb28f 93e0e3 8cd0d3 dc8cc3 dc8cc3",
    ],
    light: [
      "ffffef f4f4e2 e8e8d4 cacab2 3f3f3f 75756a",
      "a04c4c 9c5f2e 86702a 4a7a4a 27788a 2f7480 96407f 96407f",
    ],
    roles: "cyan yellow orange",
    syntax: "yellow blue text red cyan green yellow text green",
  },
};
