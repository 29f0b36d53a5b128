import { pick } from './seeded-random.ts'

const list = (names: string) => names.trim().split(/\s+/)

export const GIVEN_EN = list(`
  Aaron Abigail Adam Alice Amanda Amy Andrew Angela Anna Anthony Ashley Barbara Benjamin Beth Brandon Brian Carol
  Caroline Catherine Charles Charlotte Christina Claire Cynthia Daniel David Deborah Dennis Diane Donald Donna Dorothy
  Edward Eleanor Elizabeth Emily Emma Eric Ethan Evelyn Frances Frank George Grace Gregory Hannah Harold Heather Helen
  Henry Ian Jack Jacob James Janet Jason Jean Jeffrey Jennifer Jessica Joan John Joseph Joyce Julia Karen Katherine
  Keith Kenneth Kevin Kyle Laura Lawrence Linda Lisa Lucas Lucy Margaret Mark Martha Martin Mary Matthew Megan Melissa
  Michael Nancy Naomi Nathan Nicholas Nicole Noah Oliver Olivia Oscar Pamela Patricia Patrick Paul Peter Philip Rachel
  Raymond Rebecca Richard Robert Roger Rose Ruth Ryan Samuel Sandra Sarah Scott Sean Sharon Simon Sophia Stephen Steven
  Susan Teresa Thomas Timothy Tyler Victoria Vincent Virginia Walter Wendy William Zachary Wei Mei Hiro Yuki Priya Arjun
  Minh Linh Amara Kofi Fatima Omar Ivan Olga`)
export const FAMILY_EN = list(`
  Adams Allen Anderson Armstrong Bailey Baker Barnes Bell Bennett Berry Bishop Black Boyd Bradley Brooks Brown Bryant
  Burke Burns Butler Campbell Carpenter Carroll Carter Chan Chapman Chen Clark Cole Coleman Collins Cook Cooper Cox
  Crawford Cunningham Daniels Davis Dixon Duncan Dunn Edwards Elliott Ellis Evans Ferguson Fisher Fletcher Ford Foster
  Fox Franklin Freeman Fuller Gardner Gibson Gordon Graham Grant Gray Green Griffin Hall Hamilton Hansen Harper Harris
  Harrison Hart Harvey Hayes Henderson Henry Hicks Hill Hoffman Holmes Howard Hudson Hughes Hunt Hunter Jackson Jacobs
  Jenkins Jensen Johnson Johnston Jones Jordan Kelley Kelly Kennedy Khan Kim King Knight Lane Larson Lawrence Lawson Lee
  Lewis Long Lynch Marshall Martin Mason McCarthy McCoy McDonald Meyer Miller Mills Mitchell Moore Morgan Morris Morrison
  Murphy Murray Myers Nelson Nguyen Nichols O'Brien O'Connor Olson Owens Palmer Park Parker Patel Patterson Payne Perkins
  Perry Peterson Phillips Pierce Porter Powell Price Quinn Ray Reed Reid Reynolds Rice Richards Richardson Riley Roberts
  Robertson Robinson Rogers Rose Ross Russell Ryan Sanders Schmidt Scott Shaw Shelton Simmons Simpson Singh Smith Snyder
  Spencer Stephens Stevens Stewart Stone Sullivan Tanaka Taylor Thomas Thompson Tran Tucker Turner Wagner Walker Wallace
  Walsh Ward Warren Washington Watson Weaver Webb Welch Wells West Wheeler White Williams Willis Wilson Wong Wood Wright
  Yamamoto Young Zimmerman`)
export const GIVEN_ES = list(`
  Adriana Agustín Alejandra Alejandro Alfonso Alicia Álvaro Amalia Ana Andrés Ángel Antonia Antonio Armando Arturo
  Beatriz Camila Carlos Carmen Catalina Cecilia César Clara Claudia Cristina Cristóbal Daniela Diego Dolores Eduardo
  Elena Emilio Enrique Ernesto Esperanza Esteban Eva Felipe Fernanda Fernando Francisco Gabriela Gerardo Gloria Graciela
  Guadalupe Guillermo Gustavo Héctor Ignacio Inés Irene Isabel Iván Javier Jesús Joaquín Jorge José Josefina Juan Juana
  Julián Laura Leticia Lorena Lucía Luis Luz Manuel Marcos Margarita María Mariana Mario Marta Mateo Mercedes Miguel
  Mónica Natalia Nicolás Octavio Olga Óscar Pablo Patricia Paula Pedro Pilar Rafael Ramón Raúl Ricardo Roberto Rocío
  Rodrigo Rosa Rubén Salvador Santiago Sara Sergio Silvia Sofía Teresa Tomás Valentina Vicente Víctor Ximena Yolanda`)
export const FAMILY_ES = list(`
  Acosta Aguilar Alvarado Álvarez Arias Ávila Ayala Barrera Benítez Blanco Bravo Cabrera Calderón Camacho Campos
  Cárdenas Carrillo Castillo Castro Cervantes Chávez Contreras Cordero Córdova Cortés Cruz Delgado Díaz Domínguez Durán
  Escobar Espinoza Estrada Fernández Figueroa Flores Fuentes Gallegos García Garza Gómez González Guerrero Gutiérrez
  Guzmán Hernández Herrera Ibarra Jiménez Juárez Lara León López Lozano Luna Maldonado Marín Márquez Martínez Medina
  Mejía Méndez Mendoza Mercado Meza Miranda Molina Montes Montoya Mora Morales Moreno Muñoz Navarro Núñez Ochoa Ojeda
  Orozco Ortega Ortiz Pacheco Padilla Paredes Peña Peralta Pérez Pineda Ponce Quintero Ramírez Ramos Rangel Rentería
  Reyes Ríos Rivas Rivera Robles Rocha Rodríguez Rojas Romero Rosales Rubio Ruiz Salas Salazar Salinas Sánchez Sandoval
  Santos Serrano Silva Solís Soto Suárez Tapia Torres Trejo Trujillo Valdez Valencia Vargas Vásquez Vega Velasco Vera
  Villarreal Zamora Zavala Zúñiga`)
const TRADES = list('Bakery Cafe Cleaners Clinic Dental Florist Garage Grocery Hardware Laundry Market Nursery Pharmacy Printing Salon Upholstery')

const BUSINESS_SHARE = 0.03
const COUPLE_SHARE = 0.28
const EMAIL_SHARE = 0.86
const DOMAINS = ['example.com', 'example.org', 'example.net']

/** A made-up customer: names are drawn by themselves and meet by chance. @param serial makes the email its own */
export function demoPerson(random: () => number, language: 'en' | 'es', serial: number): { name: string; email?: string } {
  const spanish = random() < (language === 'es' ? 0.9 : 0.12)
  const given = pick(random, spanish ? GIVEN_ES : GIVEN_EN)
  const family = pick(random, spanish ? FAMILY_ES : FAMILY_EN)
  const form = random()
  const partner = pick(random, spanish ? GIVEN_ES : GIVEN_EN)
  let name = `${given} ${family}`
  if (form < BUSINESS_SHARE) name = `${family} ${pick(random, TRADES)}`
  else if (form < BUSINESS_SHARE + COUPLE_SHARE && partner !== given) name = `${given} ${language === 'es' ? 'y' : 'and'} ${partner} ${family}`
  else if (spanish && random() < 0.4) name = `${name} ${pick(random, FAMILY_ES)}`
  const mailbox = `${given}.${family}`.normalize('NFKD').replace(/[^A-Za-z.]/g, '').toLowerCase()
  return random() < EMAIL_SHARE ? { name, email: `${mailbox}.${serial}@${pick(random, DOMAINS)}` } : { name }
}
