/* The page of the models: its ages. */
import { keepAgesCurrent } from "../portal/ages.js";

keepAgesCurrent();
