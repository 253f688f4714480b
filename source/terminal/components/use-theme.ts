import {createContext, useContext} from 'react';
import {createTheme, type Theme} from '../theme.ts';

/** The looks for this terminal; set once, by run-terminal.tsx. */
export const ThemeContext = createContext<Theme>(createTheme({environment: {}}));

export function useTheme(): Theme {
	return useContext(ThemeContext);
}
