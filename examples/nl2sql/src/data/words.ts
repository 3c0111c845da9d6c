/** The words that the shop's names are made of. */

export const GIVEN_NAMES: readonly string[] =
  "Ada Ben Clara David Elif Finn Greta Hugo Ines Jonas Katja Leo Mira Noah Olga Paul Rosa Sami Tilda Yusuf".split(" ");

export const FAMILY_NAMES: readonly string[] =
  "Adler Bauer Conti Dahl Eriksen Fischer Garcia Hansen Ivanova Jansen Keller Lopez Moreau Nowak Olsen Peeters Rossi Silva Tanaka Weber".split(
    " ",
  );

export const CITIES: readonly { readonly city: string; readonly country: string }[] = [
  { city: "Berlin", country: "Germany" },
  { city: "Hamburg", country: "Germany" },
  { city: "Munich", country: "Germany" },
  { city: "Paris", country: "France" },
  { city: "Lyon", country: "France" },
  { city: "Madrid", country: "Spain" },
  { city: "Rome", country: "Italy" },
  { city: "Vienna", country: "Austria" },
  { city: "Oslo", country: "Norway" },
  { city: "Warsaw", country: "Poland" },
];

export const MATERIALS: readonly string[] = ["Oak", "Steel", "Linen", "Glass", "Cork"];

export const SUPPLIER_WORDS: readonly [readonly string[], readonly string[]] = [
  ["Alpine", "Baltic", "Coastal", "Delta", "Evergreen", "Forge", "Granite", "Harbour", "Iris", "Juniper"],
  ["Works", "Trading", "Supply", "Goods"],
];

export const CATEGORIES: readonly { readonly name: string; readonly nouns: readonly string[] }[] = [
  { name: "Kitchen", nouns: ["Bowl", "Kettle", "Ladle", "Pan", "Grinder"] },
  { name: "Garden", nouns: ["Trowel", "Planter", "Rake", "Lantern", "Bench"] },
  { name: "Office", nouns: ["Desk", "Lamp", "Tray", "Chair", "Stapler"] },
  { name: "Toys", nouns: ["Train", "Puzzle", "Kite", "Blocks", "Robot"] },
  { name: "Sports", nouns: ["Bottle", "Mat", "Racket", "Ball", "Rope"] },
  { name: "Bath", nouns: ["Towel", "Mirror", "Soap Dish", "Stool", "Basket"] },
  { name: "Bedroom", nouns: ["Pillow", "Blanket", "Shelf", "Clock", "Rug"] },
  { name: "Travel", nouns: ["Bag", "Case", "Flask", "Umbrella", "Wallet"] },
  { name: "Books", nouns: ["Notebook", "Atlas", "Planner", "Sketchbook", "Album"] },
  { name: "Music", nouns: ["Drum", "Flute", "Stand", "Tuner", "Metronome"] },
  { name: "Pets", nouns: ["Leash", "Feeder", "Bed", "Brush", "Carrier"] },
  { name: "Tools", nouns: ["Hammer", "Saw", "Drill", "Level", "Vice"] },
];
