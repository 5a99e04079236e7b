/** Loads the YAML library. */
export declare function loadYaml(): typeof import('yaml')
